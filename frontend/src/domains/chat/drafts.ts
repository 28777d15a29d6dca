import type { Clock } from '@/platform/realtime'

const PAUSE = 300 // milliseconds

/** What a person began to write, room by room, kept over reloads. */
export class Drafts {
  readonly #unsaved = new Map<string, string>()
  #cancel = () => {}

  constructor(
    private readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>,
    private readonly clock: Clock,
    private readonly personId: string,
  ) {}

  read(roomId: string): string {
    return this.#unsaved.get(roomId) ?? this.#try(() => this.storage.getItem(this.#key(roomId))) ?? ''
  }

  write(roomId: string, text: string): void {
    this.#unsaved.set(roomId, text)
    this.#cancel()
    this.#cancel = this.clock.after(PAUSE, () => this.save())
  }

  /** Now, because the page may go away. */
  save(): void {
    this.#cancel()
    for (const [roomId, text] of this.#unsaved) {
      this.#try(() => {
        if (text.trim() === '') this.storage.removeItem(this.#key(roomId))
        else this.storage.setItem(this.#key(roomId), text)
      })
    }
    this.#unsaved.clear()
  }

  /** Leave nothing behind for the next person at this computer. */
  forget(): void {
    this.#cancel()
    this.#unsaved.clear()
    const keys = Array.from({ length: this.storage.length }, (_, index) => this.storage.key(index))
    for (const key of keys) if (key?.startsWith(this.#key(''))) this.storage.removeItem(key)
  }

  #key(roomId: string): string {
    return `edusphere:draft:${this.personId}:${roomId}`
  }

  /** A full or forbidden storage must not keep anybody from writing. */
  #try<Result>(use: () => Result): Result | null {
    try {
      return use()
    } catch {
      return null
    }
  }
}
