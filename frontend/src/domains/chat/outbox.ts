import { CommandRefused, type Answer, type Clock } from '@/platform/realtime'

import type { SentFile } from './language'
import type { Chosen } from './files/uploads'
import { uuid7 } from './uuid'

/**
 * What was said and is not yet in the room. It survives a lost network, a reload and a closed tab, and is sent once, in order.
 *
 *     add ─▶ waiting ⇄ sending ─▶ sent ─▶ (its event is heard) gone
 *                         └─▶ failed ─▶ retry | discard
 *
 * A message with files waits for them; what is said after it in its room waits too. Their bytes are kept with it until
 * they are sent.
 *
 * The client id, made with the first key press of Enter, is the message's identity from here to the database:
 * sending twice is harmless, the server answers the same.
 */
export interface Outgoing {
  /** UUIDv7: later ones sort later. */
  readonly clientId: string
  readonly personId: string
  readonly roomId: string
  readonly body: string
  /** Missing in what an earlier version kept. */
  readonly files?: readonly OutgoingFile[]
  /** ISO 8601. */
  readonly written: string
  readonly standing: 'waiting' | 'sending' | 'sent' | 'failed'
  /** Why it was not sent, in words; only when failed. */
  readonly why?: string | undefined
}

export interface OutgoingFile extends Chosen {
  /** What the server calls it; null: not sent yet. */
  readonly file: SentFile | null
}

/** Where it is kept. Shared by all tabs of the browser. */
export interface OutboxStore {
  all(personId: string): Promise<Outgoing[]>
  put(row: Outgoing): Promise<void>
  remove(clientId: string): Promise<void>
}

export interface OutboxOptions {
  personId: string
  store: OutboxStore
  clock: Clock
  post: (row: Outgoing) => Promise<Answer>
  isLive: () => boolean
  /**
   * Runs the action while no other tab runs one. Whoever holds this is the leader for as long as it sends: it is
   * always a tab with a live connection, and never one that sleeps in the background with another's words.
   */
  alone: (action: () => Promise<void>) => Promise<void>
  changed: (rows: readonly Outgoing[]) => void
  /** These files of a message of an earlier visit, or of another tab, are not sent yet. */
  adopt: (row: Outgoing, file: OutgoingFile) => void
  /** What is kept has changed: other tabs should `look`. */
  share: () => void
}

const SECONDS = 1000
const RETRY = 2 * SECONDS
/** Refusals that pass by themselves. After the others the person decides. */
export const PASSING = new Set(['TOO_MANY', 'UNAVAILABLE', 'UNAUTHENTICATED'])

export class Outbox {
  readonly #options: OutboxOptions
  #rows: readonly Outgoing[] = []
  /** Not in the store: it is full or forbidden. They live as long as the tab. */
  readonly #unkept = new Set<string>()
  /** Sent or discarded here; a look at the store that was already under way must not bring them back. */
  readonly #gone = new Set<string>()
  #flushing = false
  #flushAgain = false
  #notBefore = 0
  #cancelRetry = () => {}
  #closed = false

  constructor(options: OutboxOptions) {
    this.#options = options
  }

  get rows(): readonly Outgoing[] {
    return this.#rows
  }

  /** Say something. It is in `rows` when this returns. */
  add(roomId: string, body: string, files: readonly OutgoingFile[] = []): Outgoing {
    const { personId, clock } = this.#options
    const written = new Date(clock.now()).toISOString()
    const row: Outgoing = {
      clientId: uuid7(clock.now()),
      personId,
      roomId,
      body,
      files,
      written,
      standing: 'waiting',
    }
    this.#unkept.add(row.clientId)
    this.#become([...this.#rows, row])
    void this.#keep(row).then(() => this.flush())
    return row
  }

  retry(clientId: string): void {
    const row = this.#rows.find((row) => row.clientId === clientId)
    if (row?.standing === 'failed') this.#rewrite({ ...row, standing: 'waiting', why: undefined })
  }

  /** A file is with the server now. */
  sent(fileId: string, file: SentFile): void {
    const row = this.rowOf(fileId)
    const sent = (one: OutgoingFile): OutgoingFile => (one.id === fileId ? { ...one, blob: null, file } : one)
    if (row?.files) this.#rewrite({ ...row, files: row.files.map(sent) })
  }

  /** A file cannot be sent, and so its message cannot. */
  notSent(fileId: string, why: string): void {
    const row = this.rowOf(fileId)
    if (row) this.#rewrite({ ...row, standing: 'failed', why })
  }

  /** Send the message without this file; without words and other files there is nothing to send. */
  without(fileId: string): void {
    const row = this.rowOf(fileId)
    if (!row) return
    const files = (row.files ?? []).filter(({ id }) => id !== fileId)
    if (files.length === 0 && row.body === '') this.#drop(row.clientId)
    else this.#rewrite({ ...row, files, standing: 'waiting', why: undefined })
  }

  /** The message that takes this file along. */
  rowOf(fileId: string): Outgoing | undefined {
    return this.#rows.find(({ files }) => files?.some(({ id }) => id === fileId))
  }

  discard(clientId: string): void {
    this.#drop(clientId)
  }

  /** Its event was heard: the room has it now. */
  delivered(clientId: string): void {
    if (this.#rows.some((row) => row.clientId === clientId)) this.#drop(clientId)
  }

  /** Take over what earlier visits and other tabs keep. Theirs to send is ours to send. */
  async look(): Promise<void> {
    await this.#look()
    this.flush()
  }

  /** Send what waits, if there is a connection. */
  flush(): void {
    if (this.#closed || !this.#options.isLive() || this.#waiting().length === 0) return
    if (this.#flushing) {
      this.#flushAgain = true
      return
    }
    const pause = this.#notBefore - this.#options.clock.now()
    if (pause > 0) {
      this.#flushIn(pause)
      return
    }
    this.#flushing = true
    void this.#options
      .alone(() => this.#send())
      .catch(() => {})
      .finally(() => {
        this.#flushing = false
        if (this.#flushAgain) {
          this.#flushAgain = false
          this.flush()
        }
      })
  }

  close(): void {
    this.#closed = true
    this.#cancelRetry()
  }

  async #send(): Promise<void> {
    // Another tab may have sent some while this one waited for its turn.
    await this.#look()
    const rooms = new Set(this.#waiting().map(({ roomId }) => roomId))
    await Promise.all([...rooms].map((roomId) => this.#sendRoom(roomId)))
  }

  /** One after the other: the second only when the first has its number. */
  async #sendRoom(roomId: string): Promise<void> {
    for (;;) {
      const row = this.#waiting().find((row) => row.roomId === roomId)
      if (row === undefined || !isReady(row) || this.#closed || !this.#options.isLive()) return
      if (this.#options.clock.now() < this.#notBefore) return
      this.#replace({ ...row, standing: 'sending' })
      try {
        await this.#options.post(row)
      } catch (error) {
        if (this.#failed(row, error)) continue
        return
      }
      this.#replace({ ...row, standing: 'sent' })
      await this.#forget(row.clientId)
    }
  }

  /** Returns whether the next one may be tried. */
  #failed(row: Outgoing, error: unknown): boolean {
    if (error instanceof CommandRefused && !PASSING.has(error.code)) {
      const failed: Outgoing = { ...row, standing: 'failed', why: error.message }
      this.#replace(failed)
      void this.#keep(failed)
      return true
    }
    this.#replace(row)
    const pause = error instanceof CommandRefused ? (error.retryAfter ?? 0) * SECONDS || RETRY : RETRY
    // The server asked for quiet. A lost connection asks for nothing: with the next one we go on at once.
    if (error instanceof CommandRefused) this.#notBefore = this.#options.clock.now() + pause
    this.#flushIn(pause)
    return false
  }

  #flushIn(milliseconds: number): void {
    this.#cancelRetry()
    this.#cancelRetry = this.#options.clock.after(milliseconds, () => this.flush())
  }

  #waiting(): Outgoing[] {
    return this.#rows.filter(({ standing }) => standing === 'waiting')
  }

  #rewrite(row: Outgoing): void {
    this.#unkept.add(row.clientId)
    this.#replace(row)
    void this.#keep(row).then(() => this.flush())
  }

  async #keep(row: Outgoing): Promise<void> {
    try {
      // Without room for its files, the words at least are kept.
      await this.#options.store.put(row).catch(() => this.#options.store.put(withoutBytes(row)))
      this.#unkept.delete(row.clientId)
      // It may be over before it was written down.
      if (this.#gone.has(row.clientId)) await this.#forget(row.clientId)
      else this.#options.share()
    } catch {
      this.#unkept.add(row.clientId)
    }
  }

  async #forget(clientId: string): Promise<void> {
    this.#gone.add(clientId)
    try {
      await this.#options.store.remove(clientId)
      this.#options.share()
    } catch {
      // Then it is sent once more some day, and the server answers the same.
    }
  }

  async #look(): Promise<void> {
    const before = new Set(this.#rows.map(({ clientId }) => clientId))
    const kept = await this.#options.store.all(this.#options.personId).catch(() => null)
    if (kept === null || this.#closed) return
    const rows = new Map(this.#rows.filter((row) => !before.has(row.clientId) || this.#isOurs(row)).map(byId))
    for (const row of kept) {
      const mine = this.#rows.find(({ clientId }) => clientId === row.clientId)
      const isKnown = rows.has(row.clientId) || this.#gone.has(row.clientId)
      if (!isKnown) rows.set(row.clientId, mine?.standing === row.standing ? merged(mine, row) : row)
    }
    this.#become([...rows.values()].sort((a, b) => (a.clientId < b.clientId ? -1 : 1)))
    for (const row of this.#waiting())
      for (const file of row.files ?? []) if (file.file === null) this.#options.adopt(row, file)
  }

  /** Whether this tab knows better than the store. */
  #isOurs({ clientId, standing }: Outgoing): boolean {
    return standing === 'sending' || standing === 'sent' || this.#unkept.has(clientId)
  }

  #replace(row: Outgoing): void {
    this.#become(this.#rows.map((other) => (other.clientId === row.clientId ? row : other)))
  }

  #drop(clientId: string): void {
    this.#become(this.#rows.filter((row) => row.clientId !== clientId))
    void this.#forget(clientId)
  }

  #become(rows: readonly Outgoing[]): void {
    this.#rows = rows
    this.#options.changed(rows)
  }
}

/** What this tab knows, and which files another one has sent. */
function merged(mine: Outgoing, kept: Outgoing): Outgoing {
  const news = new Map(kept.files?.map(({ id, file }) => [id, file]))
  const isKnown = ({ id, file }: OutgoingFile): boolean => file !== null || !news.get(id)
  if (mine.files?.every(isKnown) ?? true) return mine
  return {
    ...mine,
    files: mine.files?.map((one) => ({ ...one, file: one.file ?? news.get(one.id) ?? null })),
  }
}

function isReady({ files = [] }: Outgoing): boolean {
  return files.every(({ file }) => file !== null)
}

function withoutBytes(row: Outgoing): Outgoing {
  return { ...row, files: row.files?.map((file) => ({ ...file, blob: null })) }
}

function byId(row: Outgoing): [string, Outgoing] {
  return [row.clientId, row]
}
