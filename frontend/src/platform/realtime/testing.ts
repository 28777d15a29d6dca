import type { Clock } from './clock'
import type { Socket } from './connection'

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

interface Said {
  type: string
  ref?: number
  [field: string]: unknown
}

/** A socket whose other end is the test. */
export class FakeSocket implements Socket {
  onopen: Socket['onopen'] = null
  onmessage: Socket['onmessage'] = null
  onclose: Socket['onclose'] = null
  sent: Said[] = []
  closed = false

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Said)
  }

  close(): void {
    this.closed = true
  }

  greet(): void {
    this.onopen?.()
    this.say({ type: 'hello', heartbeat: 25, contract: 1 })
  }

  say(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) })
  }

  end(code: number): void {
    this.onclose?.({ code })
  }
}

/** Lets every promise that is already kept be heard. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve()
}
