import type { Clock } from '@/platform/realtime'

import type { Author } from './language'

const SECONDS = 1000
/** Less than the five seconds for which others believe it. */
const REPEAT = 3 * SECONDS
const BELIEVED = 5 * SECONDS

/** Tells the others that I write: when I begin, and now and then while I go on. */
export class MyTyping {
  #toldAt = -Infinity

  constructor(
    private readonly clock: Clock,
    private readonly tell: () => void,
  ) {}

  typed(): void {
    if (this.clock.now() - this.#toldAt < REPEAT) return
    this.#toldAt = this.clock.now()
    this.tell()
  }

  /** What was written is sent: the next letter is news again. */
  rested(): void {
    this.#toldAt = -Infinity
  }
}

/** Who writes in one room. Nobody says that they stopped: it expires, or their message comes. */
export class TheirTyping {
  readonly #typists = new Map<string, { author: Author; forget: () => void }>()

  constructor(
    private readonly clock: Clock,
    private readonly changed: () => void,
  ) {}

  get people(): readonly Author[] {
    return [...this.#typists.values()].map(({ author }) => author)
  }

  started(author: Author): void {
    this.#typists.get(author.id)?.forget()
    const forget = this.clock.after(BELIEVED, () => this.stopped(author.id))
    this.#typists.set(author.id, { author, forget })
    this.changed()
  }

  stopped(personId: string): void {
    const typist = this.#typists.get(personId)
    if (typist === undefined) return
    typist.forget()
    this.#typists.delete(personId)
    this.changed()
  }

  forget(): void {
    for (const { forget } of this.#typists.values()) forget()
    this.#typists.clear()
  }
}
