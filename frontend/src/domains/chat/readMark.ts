import type { Clock } from '@/platform/realtime'

const SECONDS = 1000
/** A row counts as read when it was on the screen this long. */
const GLANCE = 1 * SECONDS

/**
 * Moves the mark "read to here" in one room, forward only.
 *
 * It is told which row is the last on the screen; a row that is scrolled past, or shown while nobody
 * looks at the tab, is not read.
 */
export class ReadMark {
  #shown: { number: number; since: number }[] = []
  #cancel = () => {}

  constructor(
    private readonly clock: Clock,
    private readonly move: (number: number) => void,
    private readTo: number,
  ) {}

  /** The highest number on the screen now; null when nobody can see it. */
  onScreen(number: number | null): void {
    this.#shown = number === null ? [] : this.#shown.filter((shown) => shown.number <= number)
    if (number !== null && number > (this.#shown.at(-1)?.number ?? this.readTo)) {
      this.#shown.push({ number, since: this.clock.now() })
    }
    this.#plan()
  }

  /** Another of the person's tabs read further. */
  movedElsewhere(number: number): void {
    this.readTo = Math.max(this.readTo, number)
  }

  stop(): void {
    this.onScreen(null)
  }

  #plan(): void {
    this.#cancel()
    const first = this.#shown[0]
    if (first === undefined) return
    this.#cancel = this.clock.after(Math.max(first.since + GLANCE - this.clock.now(), 0), () => this.#read())
  }

  #read(): void {
    const due = this.clock.now() - GLANCE
    const read = this.#shown.filter(({ since }) => since <= due).at(-1)
    this.#shown = this.#shown.filter(({ since }) => since > due)
    if (read !== undefined && read.number > this.readTo) {
      this.readTo = read.number
      this.move(read.number)
    }
    this.#plan()
  }
}
