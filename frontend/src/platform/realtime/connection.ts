import type { ComeBack } from '@/contract/close_codes'

import { backOff, spread, type Random } from './backoff'
import type { Clock } from './clock'
import { CommandRefused, ConnectionLost } from './errors'

/**
 * One socket that comes back by itself: a state machine without Vue, without a browser, without a clock of its own.
 *
 *     idle ── start ──▶ connecting ── hello ──▶ live ── lost ──▶ reconnecting ⇄ offline
 *                                                  └─ closed for good ──▶ signedOut | stopped
 *
 * It knows the frame's envelope (`hello`, `heartbeat`, `ok`, `refused`) and nothing of what the others mean.
 */
export type ConnectionState =
  'idle' | 'connecting' | 'live' | 'reconnecting' | 'offline' | 'signedOut' | 'stopped'

/** A new sign-in token was asked for: it is good, the sign-in is over, or the server could not be reached. */
export type Renewal = 'renewed' | 'signedOut' | 'unreachable'

/** The part of a WebSocket that is used. */
export interface Socket {
  send(text: string): void
  close(code?: number): void
  onopen: (() => void) | null
  onmessage: ((event: { data: unknown }) => void) | null
  onclose: ((event: { code: number }) => void) | null
}

export interface Frame {
  type: string
}

export interface Answer {
  ref: number | string
  roomId?: string
  number?: number
  messageId?: string
  created?: string
}

export interface ConnectionOptions {
  open: () => Socket
  clock: Clock
  random: Random
  isOnline: () => boolean
  comeBack: (closeCode: number) => ComeBack
  /** Whether the sign-in token has run out, so that the handshake would be refused. */
  hasRunOut: () => boolean
  /** Asked when it has, and before coming back to a server that refused the handshake. */
  renew: () => Promise<Renewal>
}

const SECONDS = 1000
/** Until `hello`; a network that swallows everything must not hold us for the minutes TCP would wait. */
const HANDSHAKE_PATIENCE = 10 * SECONDS
const ANSWER_PATIENCE = 10 * SECONDS
/** For one answer after the machine slept or the network changed. */
const PROBE_PATIENCE = 3 * SECONDS
/** Of the server's heartbeat: silent for longer means gone. */
const SILENCE = 1.8
/** Of the server's heartbeat: say something at least this often, or the server takes us for gone. */
const TALK = 0.7
/** Only a connection that held this long makes the next wait short again. */
const STEADY = 5 * SECONDS

interface Waiting {
  resolve: (answer: Answer) => void
  reject: (error: Error) => void
  forget: () => void
}

export class Connection<Command extends { type: string }, Event extends Frame> {
  readonly #options: ConnectionOptions
  readonly #eventListeners = new Set<(event: Event) => void>()
  readonly #stateListeners = new Set<(state: ConnectionState) => void>()
  readonly #waiting = new Map<number | string, Waiting>()
  #state: ConnectionState = 'idle'
  #socket: Socket | null = null
  #attempt = 0
  #ref = 0
  #heartbeat = 25 * SECONDS
  #openedAt = 0
  #heardAt = 0
  #saidAt = 0
  #wasRefused = false
  #cancelTimer = () => {}
  #cancelProbe = () => {}
  /** Counts connections, so that an answer about an earlier one is not taken for this one's. */
  #generation = 0

  constructor(options: ConnectionOptions) {
    this.#options = options
  }

  get state(): ConnectionState {
    return this.#state
  }

  onEvent(listener: (event: Event) => void): () => void {
    this.#eventListeners.add(listener)
    return () => this.#eventListeners.delete(listener)
  }

  onState(listener: (state: ConnectionState) => void): () => void {
    this.#stateListeners.add(listener)
    return () => this.#stateListeners.delete(listener)
  }

  /** Connect and stay connected. Does nothing while it already tries. */
  start(): void {
    if (!['idle', 'signedOut', 'stopped'].includes(this.#state)) return
    this.#attempt = 0
    this.#wasRefused = false
    this.#become('connecting')
    void this.#try()
  }

  /** Go away and stay away until `start`. */
  stop(): void {
    this.#abandon()
    this.#become('idle')
  }

  /**
   * Ask and wait for the one answer.
   *
   * @throws CommandRefused when the server says no; ConnectionLost when nobody answers.
   */
  ask(command: Command): Promise<Answer> {
    const socket = this.#socket
    if (socket === null || this.#state !== 'live') return Promise.reject(new ConnectionLost())
    const ref = ++this.#ref
    return new Promise((resolve, reject) => {
      const forget = this.#options.clock.after(ANSWER_PATIENCE, () => {
        this.#waiting.delete(ref)
        reject(new ConnectionLost('The school’s server did not answer.'))
        this.#probe()
      })
      this.#waiting.set(ref, { resolve, reject, forget })
      this.#say(socket, { ...command, ref })
    })
  }

  /** Say something that is never answered; lost without a word while there is no connection. */
  tell(command: Command): void {
    if (this.#socket !== null && this.#state === 'live') this.#say(this.#socket, command)
  }

  /** The network came or went, or somebody looks at the page again: do not wait any longer, and trust no silence. */
  wake(): void {
    if (this.#state === 'live') this.#probe()
    else if (this.#state === 'reconnecting' || this.#state === 'offline') {
      // A connection that is being made just now is left to its own patience.
      if (this.#socket === null) void this.#try()
    }
  }

  #become(state: ConnectionState): void {
    if (this.#state === state) return
    this.#state = state
    for (const listener of this.#stateListeners) listener(state)
  }

  #connect(): void {
    const { clock, open } = this.#options
    this.#cancelTimer()
    const generation = ++this.#generation
    const socket = open()
    this.#socket = socket
    this.#wasRefused = true
    let opened = false
    socket.onopen = () => {
      opened = true
    }
    socket.onmessage = (event) => this.#hear(event.data)
    socket.onclose = (event) => {
      if (generation === this.#generation) this.#closed(event.code, opened)
    }
    this.#cancelTimer = clock.after(HANDSHAKE_PATIENCE, () => {
      this.#wasRefused = false
      this.#lost('resume')
    })
  }

  #hear(data: unknown): void {
    const frame = parse(data)
    if (frame === null) return
    const now = this.#options.clock.now()
    this.#heardAt = now
    this.#cancelProbe()
    if (frame.type === 'hello') this.#greeted(frame)
    else if (frame.type === 'ok' || frame.type === 'refused') this.#answered(frame)
    if (this.#socket !== null && now - this.#saidAt >= TALK * this.#heartbeat) {
      // Answering what is heard, not a timer: a hidden tab's timers sleep, its socket does not.
      this.#say(this.#socket, { type: 'heartbeat', ref: ++this.#ref })
    }
    // The envelope was checked; what is inside is as the generated contract says.
    for (const listener of this.#eventListeners) listener(frame as unknown as Event)
  }

  #greeted(hello: Envelope): void {
    const { clock } = this.#options
    if (typeof hello.heartbeat === 'number') this.#heartbeat = hello.heartbeat * SECONDS
    this.#openedAt = this.#saidAt = clock.now()
    this.#wasRefused = false
    this.#cancelTimer()
    this.#watch()
    this.#become('live')
  }

  /** Notice a peer that went away without a word. */
  #watch(): void {
    const { clock } = this.#options
    const limit = SILENCE * this.#heartbeat
    this.#cancelTimer = clock.after(Math.max(this.#heardAt + limit - clock.now(), 0), () => {
      if (clock.now() - this.#heardAt >= limit) this.#lost('resume')
      else this.#watch()
    })
  }

  #probe(): void {
    if (this.#socket === null || this.#state !== 'live') return
    this.#cancelProbe()
    this.#cancelProbe = this.#options.clock.after(PROBE_PATIENCE, () => this.#lost('resume'))
    this.#say(this.#socket, { type: 'heartbeat', ref: ++this.#ref })
  }

  #say(socket: Socket, command: { type: string; ref?: number }): void {
    this.#saidAt = this.#options.clock.now()
    socket.send(JSON.stringify(command))
  }

  #answered(frame: Envelope): void {
    if (frame.ref === null || frame.ref === undefined) return
    const waiting = this.#waiting.get(frame.ref)
    if (waiting === undefined) return
    this.#waiting.delete(frame.ref)
    waiting.forget()
    if (frame.type === 'ok') waiting.resolve(frame as Answer)
    else waiting.reject(new CommandRefused(frame.code ?? 'INTERNAL', frame.message ?? '', frame.retryAfter))
  }

  #closed(code: number, opened: boolean): void {
    if (this.#state !== 'live' && !opened) this.#lost('resume')
    else {
      this.#wasRefused = false
      this.#lost(this.#options.comeBack(code))
    }
  }

  #lost(comeBack: ComeBack): void {
    const { clock, random } = this.#options
    const wasSteady = this.#state === 'live' && clock.now() - this.#openedAt >= STEADY
    this.#abandon()
    if (comeBack === 'sign_in' || comeBack === 'no') {
      this.#become(comeBack === 'no' ? 'stopped' : 'signedOut')
      return
    }
    if (wasSteady) this.#attempt = 0
    const wait = comeBack === 'later' ? spread(random) : backOff(this.#attempt++, random)
    this.#cancelTimer = clock.after(wait, () => void this.#try())
    this.#become(this.#options.isOnline() ? 'reconnecting' : 'offline')
  }

  async #try(): Promise<void> {
    const { isOnline, hasRunOut, renew } = this.#options
    const generation = ++this.#generation
    this.#cancelTimer()
    if (this.#state === 'offline' && isOnline()) this.#become('reconnecting')
    if ((this.#wasRefused || hasRunOut()) && isOnline()) {
      const renewal = await renew().catch((): Renewal => 'unreachable')
      if (generation !== this.#generation) return
      if (renewal === 'signedOut') {
        this.#become('signedOut')
        return
      }
    }
    this.#connect()
  }

  /** Let go of the socket without waiting for its goodbye, which a dead network never delivers. */
  #abandon(): void {
    this.#generation++
    this.#cancelTimer()
    this.#cancelProbe()
    const socket = this.#socket
    this.#socket = null
    if (socket !== null) {
      socket.onopen = socket.onmessage = socket.onclose = null
      socket.close(1000)
    }
    for (const waiting of this.#waiting.values()) {
      waiting.forget()
      waiting.reject(new ConnectionLost())
    }
    this.#waiting.clear()
  }
}

interface Envelope extends Frame {
  ref?: number | string | null
  heartbeat?: unknown
  code?: string
  message?: string
  retryAfter?: number
}

function parse(data: unknown): Envelope | null {
  if (typeof data !== 'string') return null
  try {
    const frame: unknown = JSON.parse(data)
    const isFrame =
      typeof frame === 'object' && frame !== null && 'type' in frame && typeof frame.type === 'string'
    return isFrame ? (frame as Envelope) : null
  } catch {
    return null
  }
}
