import type { Clock } from '@/platform/realtime'

import type { SentFile } from '../language'

/**
 * Files on their way to the server, some at a time. They go as soon as they are chosen, and wait there for their message.
 *
 *     add ─▶ waiting ⇄ sending ─▶ sent
 *                         └─▶ failed ─▶ retry | drop
 */
export interface Upload {
  /** The page's own name for it. */
  readonly id: string
  readonly roomId: string
  readonly name: string
  /** Bytes. */
  readonly size: number
  /** As the browser calls its kind; empty when it does not know. */
  readonly type: string
  /** Where the page can show it from. Empty for what is no picture. */
  readonly preview: string
  /** How large the picture is; null for what is none, or until that is known. */
  readonly pixels: Pixels | null
  readonly standing: 'waiting' | 'sending' | 'sent' | 'failed'
  /** How much of it has gone, from 0 to 1. */
  readonly progress: number
  /** Why it was not taken, in words; only when failed. */
  readonly why: string
  /** The same file would be refused again; only when failed. */
  readonly isFinal: boolean
  /** What the server calls it; only when sent. */
  readonly file: SentFile | null
  /** A message has taken it along: it is shown there, and not where one writes. */
  readonly isInMessage: boolean
}

export interface Pixels {
  readonly width: number
  readonly height: number
}

/** What is known of a file that was not sent, when a message is taken up again after a reload. */
export interface Chosen {
  readonly id: string
  readonly name: string
  readonly size: number
  readonly type: string
  /** Its bytes; null where the browser could not keep them. */
  readonly blob: Blob | null
}

/** Why one attempt came to nothing. */
export interface Failure {
  why: string
  /** Milliseconds after which it may be tried again by itself; null: a person decides. */
  retryAfter: number | null
  /** The file itself is not taken: nothing comes of trying again. */
  isFinal: boolean
}

export interface UploadsOptions {
  clock: Clock
  send: (
    blob: Blob,
    name: string,
    onProgress: (share: number) => void,
    signal: AbortSignal,
  ) => Promise<SentFile>
  /** Read what `send` threw. */
  failure: (error: unknown, attempt: number) => Failure
  /** What to say of a file whose bytes are gone. */
  lost: () => string
  /** Delete a file that no message took along. */
  takeBack: (fileId: string) => void
  isLive: () => boolean
  /** Runs the action while no other tab does anything with this file. */
  alone: (id: string, action: () => Promise<void>) => Promise<void>
  /** Whether a message still waits for this file: another tab may have sent it meanwhile. */
  isWanted: (id: string) => Promise<boolean>
  preview: (blob: Blob) => string
  /** Rejects where it is no picture after all. */
  measure: (preview: string) => Promise<Pixels>
  forgetPreview: (address: string) => void
  changed: (uploads: ReadonlyMap<string, Upload>) => void
  sent: (id: string, file: SentFile) => void
  failed: (id: string, why: string) => void
}

const AT_ONCE = 3

export class Uploads {
  readonly #options: UploadsOptions
  #uploads: ReadonlyMap<string, Upload> = new Map()
  readonly #blobs = new Map<string, Blob>()
  /** Of earlier visits. */
  readonly #adopted = new Set<string>()
  readonly #attempts = new Map<string, number>()
  readonly #sending = new Map<string, AbortController>()
  readonly #pauses = new Map<string, () => void>()

  constructor(options: UploadsOptions) {
    this.#options = options
  }

  /** The bytes of a file that is not sent yet. */
  blob(id: string): Blob | null {
    return this.#blobs.get(id) ?? null
  }

  /** What was chosen for a room and is in no message yet, in order. */
  tray(roomId: string): Upload[] {
    return [...this.#uploads.values()].filter((upload) => upload.roomId === roomId && !upload.isInMessage)
  }

  /** Begin to send a file. */
  add(roomId: string, chosen: Chosen & { blob: Blob }): void {
    this.#take(roomId, chosen, false)
  }

  /** Take over a file of a message that waits since an earlier visit. Without its bytes it cannot be sent any more. */
  adopt(roomId: string, chosen: Chosen): void {
    const { id, blob } = chosen
    if (this.#adopted.has(id) || this.#uploads.has(id)) return
    this.#adopted.add(id)
    if (blob) {
      this.#take(roomId, { ...chosen, blob }, true)
      return
    }
    const { alone, isWanted, failed, lost } = this.#options
    void alone(id, async () => {
      if (await isWanted(id)) failed(id, lost())
    })
  }

  retry(id: string): void {
    const upload = this.#uploads.get(id)
    if (upload?.standing !== 'failed' || !this.#blobs.has(id)) return
    this.#attempts.delete(id)
    this.#change(id, { standing: 'waiting', why: '', progress: 0 })
    this.flush()
  }

  /** Call it off, wherever it stands; what the server has of it is taken back. */
  drop(id: string): void {
    const fileId = this.#uploads.get(id)?.file?.id
    if (fileId !== undefined) this.#options.takeBack(fileId)
    this.#forget(id)
  }

  /** A message takes these along. */
  intoMessage(ids: readonly string[]): void {
    for (const id of ids) this.#change(id, { isInMessage: true })
  }

  /** Forget those whose messages are not waiting any more: all that were in one and are not among `ids`. */
  keepOnly(ids: ReadonlySet<string>): void {
    for (const { id, isInMessage } of this.#uploads.values())
      if (isInMessage && !ids.has(id)) this.#forget(id)
  }

  /** Send what waits, if there is a connection. */
  flush(): void {
    for (const { id, standing } of this.#uploads.values()) {
      if (this.#sending.size >= AT_ONCE || !this.#options.isLive()) return
      if (standing === 'waiting' && !this.#sending.has(id) && !this.#pauses.has(id)) this.#begin(id)
    }
  }

  end(): void {
    for (const id of [...this.#uploads.keys()]) this.#forget(id)
  }

  #take(roomId: string, { id, name, size, type, blob }: Chosen & { blob: Blob }, isInMessage: boolean): void {
    const preview = this.#options.preview(blob)
    this.#blobs.set(id, blob)
    this.#put({
      ...{ id, roomId, name, size, type, preview, pixels: null, isInMessage },
      ...{ standing: 'waiting', progress: 0, why: '', isFinal: false, file: null },
    })
    if (preview)
      this.#options.measure(preview).then(
        (pixels) => this.#change(id, { pixels }),
        () => this.#change(id, { preview: '' }),
      )
    this.flush()
  }

  #begin(id: string): void {
    const controller = new AbortController()
    this.#sending.set(id, controller)
    void this.#options
      .alone(id, () => this.#send(id, controller.signal))
      .catch(() => undefined)
      .finally(() => {
        this.#sending.delete(id)
        this.flush()
      })
  }

  async #send(id: string, signal: AbortSignal): Promise<void> {
    const { send, sent, failure, failed, clock } = this.#options
    const upload = this.#uploads.get(id)
    const blob = this.#blobs.get(id)
    const isOff = (): boolean => signal.aborted
    if (!upload || !blob || isOff()) return
    // Once it is in a message, every tab of this person would send it.
    if (upload.isInMessage && !(await this.#options.isWanted(id))) {
      this.#forget(id)
      return
    }
    this.#change(id, { standing: 'sending', progress: 0 })
    try {
      const file = await send(blob, upload.name, (progress) => this.#change(id, { progress }), signal)
      if (isOff()) {
        this.#options.takeBack(file.id)
        return
      }
      this.#blobs.delete(id)
      this.#change(id, { standing: 'sent', progress: 1, file })
      sent(id, file)
    } catch (error) {
      if (isOff()) return
      const attempt = (this.#attempts.get(id) ?? 0) + 1
      this.#attempts.set(id, attempt)
      const { why, retryAfter, isFinal } = failure(error, attempt)
      if (retryAfter === null) {
        this.#change(id, { standing: 'failed', why, isFinal, progress: 0 })
        failed(id, why)
        return
      }
      this.#change(id, { standing: 'waiting', progress: 0 })
      this.#pauses.set(
        id,
        clock.after(retryAfter, () => {
          this.#pauses.delete(id)
          this.flush()
        }),
      )
    }
  }

  #change(id: string, change: Partial<Upload>): void {
    const upload = this.#uploads.get(id)
    if (upload) this.#put({ ...upload, ...change })
  }

  #put(upload: Upload): void {
    this.#become(new Map(this.#uploads).set(upload.id, upload))
  }

  #forget(id: string): void {
    const upload = this.#uploads.get(id)
    if (!upload) return
    this.#sending.get(id)?.abort()
    this.#pauses.get(id)?.()
    for (const map of [this.#blobs, this.#attempts, this.#pauses]) map.delete(id)
    if (upload.preview) this.#options.forgetPreview(upload.preview)
    this.#become(new Map([...this.#uploads].filter(([other]) => other !== id)))
  }

  #become(uploads: ReadonlyMap<string, Upload>): void {
    this.#uploads = uploads
    this.#options.changed(uploads)
  }
}
