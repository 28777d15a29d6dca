import type { Clock } from './clock'

/** A clock that stands until a test lets time pass. */
export class FakeClock implements Clock {
  time = 0
  #timers: { at: number; action: () => void }[] = []

  now = () => this.time

  after = (milliseconds: number, action: () => void) => {
    const timer = { at: this.time + milliseconds, action }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer)
    }
  }

  pass(milliseconds: number): void {
    const end = this.time + milliseconds
    for (;;) {
      const next = this.#timers.sort((a, b) => a.at - b.at)[0]
      if (next === undefined || next.at > end) break
      this.#timers.shift()
      this.time = next.at
      next.action()
    }
    this.time = end
  }
}

/** Lets every promise that is already kept be heard. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve()
}
