import type { Clock } from '@/platform/realtime'
import type { Store } from '@/platform/storage'

const PAUSE = 300 // milliseconds

/** What a person began to write, room by room, kept over reloads. */
export class Drafts {
  readonly #unsaved = new Map<string, string>()
  #cancel = () => {}

  constructor(
    private readonly storage: Store,
    private readonly clock: Clock,
    private readonly personId: string,
  ) {}

  read(roomId: string): string {
    return this.#unsaved.get(roomId) ?? this.#saved()[roomId] ?? ''
  }

  write(roomId: string, text: string): void {
    this.#unsaved.set(roomId, text)
    this.#cancel()
    this.#cancel = this.clock.after(PAUSE, () => this.save())
  }

  /** Now, because the page may go away. Another tab's drafts in other rooms stay. */
  save(): void {
    this.#cancel()
    if (this.#unsaved.size === 0) return
    const drafts = Object.entries({ ...this.#saved(), ...Object.fromEntries(this.#unsaved) })
    const written = drafts.filter(([, text]) => text.trim() !== '')
    this.#unsaved.clear()
    if (written.length === 0) this.storage.removeItem(this.#key)
    else this.storage.setItem(this.#key, JSON.stringify(Object.fromEntries(written)))
  }

  /** Leave nothing behind for the next person at this computer. */
  forget(): void {
    this.#cancel()
    this.#unsaved.clear()
    this.storage.removeItem(this.#key)
  }

  get #key(): string {
    return `edusphere.drafts.${this.personId}`
  }

  #saved(): Record<string, string> {
    try {
      return JSON.parse(this.storage.getItem(this.#key) ?? '{}') as Record<string, string>
    } catch {
      return {}
    }
  }
}
