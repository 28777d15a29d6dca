import { CommandRefused, type Answer, type Clock, type Command } from '@/platform/realtime'

/**
 * Which rooms this tab hears, and how far it has heard each: the `after` with which it comes back.
 *
 * A room's changes are numbered without holes. A number that is skipped was lost, and is asked for again.
 */
interface Room {
  /** Everything to this number was heard. null: nothing yet, begin with what comes. */
  heardTo: number | null
  /** Heard, but something before it is missing. */
  readonly ahead: Set<number>
  /** The server has said yes on this connection. */
  subscribed: boolean
  asking: boolean
  /** It is to be asked for once more after the answer. */
  askAgain: boolean
  cancelGapCheck: () => void
}

export interface SubscriptionsOptions {
  ask: (command: Command) => Promise<Answer>
  clock: Clock
  /** The server does not let us hear this room (any more). */
  refused: (roomId: string) => void
}

const SECONDS = 1000
/** A socket may say 60 things in ten seconds; subscribing leaves room for the person to speak. */
const AT_ONCE = 25
const THEN_EVERY = 0.5 * SECONDS
/** What was merely overtaken arrives in this time; what was not was lost. */
const GAP_PATIENCE = 0.5 * SECONDS
const RETRY_AT_MOST_EVERY = 2 * SECONDS

export class Subscriptions {
  readonly #options: SubscriptionsOptions
  readonly #rooms = new Map<string, Room>()
  #queue: string[] = []
  /** Not now, said the server: it lets one tab hear so many rooms and no more. */
  readonly #postponed = new Set<string>()
  /** The room on the screen. */
  #front: string | null = null
  #live = false
  #credit = AT_ONCE
  #creditAt = 0
  /** The server asked for quiet until then. */
  #quietUntil = 0
  #cancel = () => {}

  constructor(options: SubscriptionsOptions) {
    this.#options = options
  }

  /** Hear this room from `after` on. `soon`: it is on the screen, before all others. */
  want(roomId: string, after: number | null, soon = false): void {
    const room = this.#rooms.get(roomId)
    if (soon) this.#front = roomId
    if (room === undefined) {
      this.#rooms.set(roomId, newRoom(after))
      this.#enqueue(roomId, soon)
    } else if (soon && !room.subscribed) this.#enqueue(roomId, true)
  }

  /** A page of history knows only what happened to `number`; hear again what came since. */
  rewind(roomId: string, number: number): void {
    const room = this.#rooms.get(roomId)
    if (room === undefined) {
      this.want(roomId, number, true)
      return
    }
    if (room.heardTo !== null && room.heardTo <= number) {
      room.heardTo = number
      this.#joinAhead(room)
      return
    }
    room.heardTo = number
    room.ahead.clear()
    this.#enqueue(roomId, true)
  }

  drop(roomId: string): void {
    const room = this.#rooms.get(roomId)
    if (room === undefined) return
    room.cancelGapCheck()
    this.#rooms.delete(roomId)
    this.#postponed.delete(roomId)
    this.#queue = this.#queue.filter((queued) => queued !== roomId)
    if (!this.#live || !room.subscribed) return
    this.#options.ask({ type: 'room.unsubscribe', roomId }).catch(() => {})
    this.#queue.push(...this.#frontFirst(this.#postponed))
    this.#postponed.clear()
    this.#pump()
  }

  /** Note a change's number. A gap makes the room be asked for again. */
  heard(roomId: string, number: number): void {
    const room = this.#rooms.get(roomId)
    if (room === undefined) return
    room.heardTo ??= number - 1
    if (number <= room.heardTo) return
    room.ahead.add(number)
    this.#joinAhead(room)
    room.cancelGapCheck()
    if (room.ahead.size === 0) return
    room.cancelGapCheck = this.#options.clock.after(GAP_PATIENCE, () => this.#enqueue(roomId, true))
  }

  /** The server will not repeat what was missed; from here on it tells everything. */
  reset(roomId: string, number: number): void {
    const room = this.#rooms.get(roomId)
    if (room === undefined) return
    room.heardTo = number
    room.ahead.clear()
  }

  connected(): void {
    this.#live = true
    this.#credit = AT_ONCE
    this.#creditAt = this.#quietUntil = this.#options.clock.now()
    this.#queue = this.#frontFirst(this.#rooms.keys())
    this.#postponed.clear()
    this.#pump()
  }

  disconnected(): void {
    this.#live = false
    this.#cancel()
    for (const room of this.#rooms.values()) {
      room.cancelGapCheck()
      room.subscribed = room.asking = room.askAgain = false
      // What was heard past a hole is repeated from the hole on.
      room.ahead.clear()
    }
  }

  forget(): void {
    this.disconnected()
    this.#rooms.clear()
    this.#queue = []
  }

  #joinAhead(room: Room): void {
    for (const number of room.ahead) if (number <= (room.heardTo ?? 0)) room.ahead.delete(number)
    while (room.heardTo !== null && room.ahead.delete(room.heardTo + 1)) room.heardTo++
  }

  #frontFirst(rooms: Iterable<string>): string[] {
    return [...rooms].sort((a, b) => Number(b === this.#front) - Number(a === this.#front))
  }

  #enqueue(roomId: string, soon: boolean): void {
    if (this.#queue.includes(roomId)) {
      if (!soon) return
      this.#queue = this.#queue.filter((queued) => queued !== roomId)
    }
    if (soon) this.#queue.unshift(roomId)
    else this.#queue.push(roomId)
    this.#pump()
  }

  #pump(): void {
    const { clock } = this.#options
    this.#cancel()
    if (!this.#live || this.#queue.length === 0) return
    if (clock.now() < this.#quietUntil) {
      this.#pumpIn(this.#quietUntil - clock.now())
      return
    }
    this.#credit = Math.min(AT_ONCE, this.#credit + (clock.now() - this.#creditAt) / THEN_EVERY)
    this.#creditAt = clock.now()
    while (this.#credit >= 1) {
      const roomId = this.#queue.shift()
      if (roomId === undefined) return
      this.#credit--
      void this.#subscribe(roomId)
    }
    if (this.#queue.length > 0) this.#pumpIn((1 - this.#credit) * THEN_EVERY)
  }

  #pumpIn(milliseconds: number): void {
    this.#cancel()
    this.#cancel = this.#options.clock.after(milliseconds, () => this.#pump())
  }

  async #subscribe(roomId: string): Promise<void> {
    const room = this.#rooms.get(roomId)
    if (room === undefined) return
    if (room.asking) {
      room.askAgain = true
      return
    }
    room.asking = true
    const after = room.heardTo
    try {
      const { number } = await this.#options.ask({
        type: 'room.subscribe',
        roomId,
        ...(after !== null && { after }),
      })
      room.subscribed = true
      room.heardTo ??= number ?? null
    } catch (error) {
      if (error instanceof CommandRefused) this.#wasRefused(roomId, error)
    } finally {
      room.asking = false
    }
    if (room.askAgain && this.#rooms.has(roomId)) {
      room.askAgain = false
      this.#enqueue(roomId, true)
    }
  }

  #wasRefused(roomId: string, { code, retryAfter = 0 }: CommandRefused): void {
    if (code === 'NOT_FOUND' || code === 'FORBIDDEN') {
      this.#rooms.delete(roomId)
      this.#options.refused(roomId)
    } else if (retryAfter > 0 || code === 'UNAVAILABLE') {
      this.#queue.push(roomId)
      this.#credit = 0
      this.#quietUntil = this.#options.clock.now() + Math.max(retryAfter * SECONDS, RETRY_AT_MOST_EVERY)
      this.#pump()
    } else this.#postponed.add(roomId)
  }
}

function newRoom(heardTo: number | null): Room {
  return {
    heardTo,
    ahead: new Set(),
    subscribed: false,
    asking: false,
    askAgain: false,
    cancelGapCheck: () => {},
  }
}
