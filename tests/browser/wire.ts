/** A cable between one browser and the school that can be cut: bytes in, bytes out, no knowledge of either side. */
import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

export class Wire {
  readonly address: string
  readonly #port: number
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #isCut = false
  #delay = 0

  constructor(port: number, school: string) {
    this.address = `http://127.0.0.1:${port}`
    this.#port = port
    this.#server = createServer((near) => {
      if (this.#isCut) {
        near.destroy()
        return
      }
      const far = connect(Number(new URL(school).port), '127.0.0.1')
      this.#join(near, far)
      this.#join(far, near)
    })
  }

  async open(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1')
    await once(this.#server, 'listening')
  }

  /** Break what there is, and refuse what comes. */
  cut(): void {
    this.#isCut = true
    for (const socket of this.#sockets) socket.destroy()
  }

  mend(): void {
    this.#isCut = false
  }

  /** Break what there is; whoever comes back is let in. */
  interrupt(): void {
    this.cut()
    this.mend()
  }

  /** Let everything take this much longer, each way. */
  slow(milliseconds: number): void {
    this.#delay = milliseconds
  }

  async close(): Promise<void> {
    this.cut()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #join(from: Socket, to: Socket): void {
    this.#sockets.add(from)
    from.setNoDelay()
    from.on('data', (bytes) => {
      if (this.#delay === 0) to.write(bytes)
      else setTimeout(() => to.destroyed || to.write(bytes), this.#delay)
    })
    from.on('end', () => to.end())
    from.on('error', () => to.destroy())
    from.on('close', () => {
      this.#sockets.delete(from)
      to.destroy()
    })
  }
}
