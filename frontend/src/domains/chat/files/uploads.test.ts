import { beforeEach, describe, expect, it, vi } from 'vitest'

import { FakeClock, settle } from '@/platform/realtime/testing'

import type { SentFile } from '../language'
import { Uploads, type Failure, type Upload, type UploadsOptions } from './uploads'

/** One file on its way, with the test as the network. */
interface Way {
  name: string
  progress: (share: number) => void
  signal: AbortSignal
  arrive: () => void
  fail: (failure: Partial<Failure>) => void
}

let clock: FakeClock
let live: boolean
let ways: Way[]
let wanted: boolean
let shown: readonly Upload[]
let uploads: Uploads
let turn: Promise<void>
const sent = vi.fn<(id: string, file: SentFile) => void>()
const failed = vi.fn<(id: string, why: string) => void>()
const takeBack = vi.fn<(fileId: string) => void>()
const forgetPreview = vi.fn<(address: string) => void>()

const asSent = (name: string): SentFile => ({
  ...{ id: `sent-${name}`, name, size: 4, mime: 'text/plain', width: null, height: null },
})

function options(): UploadsOptions {
  return {
    clock,
    send: (_, name, progress, signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(new DOMException('', 'AbortError')))
        const arrive = (): void => resolve(asSent(name))
        const fail = (failure: Partial<Failure>): void =>
          reject(Object.assign(new Error(), { why: 'No.', retryAfter: null, isFinal: false, ...failure }))
        ways.push({ name, progress, signal, arrive, fail })
      }),
    failure: (error) => error as Failure,
    lost: () => 'It is gone.',
    isLive: () => live,
    alone: (_, action) => (turn = turn.then(action, action)),
    isWanted: () => Promise.resolve(wanted),
    preview: (blob) => (blob.type.startsWith('image/') ? `blob:${blob.size}` : ''),
    measure: () => Promise.resolve({ width: 30, height: 20 }),
    changed: (all) => (shown = [...all.values()]),
    ...{ sent, failed, takeBack, forgetPreview },
  }
}

function choose(name: string, type = 'text/plain'): void {
  uploads.add('lab', { id: name, name, size: 4, type, blob: new Blob(['text'], { type }) })
}

const way = (name: string): Way => {
  const found = ways.findLast((one) => one.name === name)
  if (!found) throw new Error(`${name} was not sent.`)
  return found
}
const standings = (): string[] => shown.map(({ name, standing }) => `${name} ${standing}`)

beforeEach(() => {
  clock = new FakeClock()
  live = wanted = true
  ways = []
  shown = []
  turn = Promise.resolve()
  for (const mock of [sent, failed, takeBack, forgetPreview]) mock.mockReset()
  uploads = new Uploads(options())
})

describe('a file that is chosen', () => {
  it('goes on its way at once, tells how far it is, and waits there for its message', async () => {
    choose('essay')
    expect(standings()).toEqual(['essay waiting'])
    await settle()
    way('essay').progress(0.4)
    expect(shown[0]).toMatchObject({ standing: 'sending', progress: 0.4 })
    way('essay').arrive()
    await settle()
    expect(shown[0]).toMatchObject({ standing: 'sent', progress: 1, file: { id: 'sent-essay' } })
    expect(sent).toHaveBeenCalledExactlyOnceWith('essay', asSent('essay'))
    expect(uploads.tray('lab').map(({ id }) => id)).toEqual(['essay'])
    expect(uploads.blob('essay')).toBeNull()
  })

  it('is shown before it is sent, if it is a picture, in the room it will take', async () => {
    choose('newt', 'image/png')
    await settle()
    expect(shown[0]).toMatchObject({ preview: 'blob:4', pixels: { width: 30, height: 20 } })
    uploads.drop('newt')
    expect(forgetPreview).toHaveBeenCalledWith('blob:4')
  })

  it('waits for a connection', async () => {
    live = false
    choose('essay')
    await settle()
    expect(ways).toEqual([])
    live = true
    uploads.flush()
    await settle()
    expect(standings()).toEqual(['essay sending'])
  })

  it('can be called off on its way', async () => {
    choose('essay')
    await settle()
    uploads.drop('essay')
    await settle()
    expect(way('essay').signal.aborted).toBe(true)
    expect(shown).toEqual([])
    expect(failed).not.toHaveBeenCalled()
  })

  it('is taken back from the server when it is taken away after it arrived', async () => {
    choose('essay')
    await settle()
    way('essay').arrive()
    await settle()
    uploads.drop('essay')
    expect(takeBack).toHaveBeenCalledExactlyOnceWith('sent-essay')
  })

  it('stands there with the reason when it is refused, and can be tried again', async () => {
    choose('essay')
    await settle()
    way('essay').fail({ why: 'The disk is full.' })
    await settle()
    expect(shown[0]).toMatchObject({ standing: 'failed', why: 'The disk is full.', isFinal: false })
    expect(failed).toHaveBeenCalledExactlyOnceWith('essay', 'The disk is full.')
    uploads.retry('essay')
    await settle()
    way('essay').arrive()
    await settle()
    expect(standings()).toEqual(['essay sent'])
  })

  it('is tried again by itself after what passes', async () => {
    choose('essay')
    await settle()
    way('essay').fail({ retryAfter: 2000 })
    await settle()
    expect(standings()).toEqual(['essay waiting'])
    uploads.flush()
    await settle()
    expect(ways).toHaveLength(1)
    clock.pass(2000)
    await settle()
    expect(ways).toHaveLength(2)
    expect(failed).not.toHaveBeenCalled()
  })
})

describe('many files', () => {
  it('go three at a time, in order', async () => {
    uploads = new Uploads({ ...options(), alone: (_, action) => action() })
    for (const name of ['one', 'two', 'three', 'four']) choose(name)
    await settle()
    expect(ways.map(({ name }) => name)).toEqual(['one', 'two', 'three'])
    way('two').arrive()
    await settle()
    expect(ways.map(({ name }) => name)).toEqual(['one', 'two', 'three', 'four'])
  })

  it('are forgotten with the message that took them, and only those', () => {
    choose('one')
    choose('two')
    uploads.intoMessage(['one'])
    expect(uploads.tray('lab').map(({ id }) => id)).toEqual(['two'])
    uploads.keepOnly(new Set())
    expect(standings()).toEqual(['two waiting'])
  })
})

it('a file of a message is left alone when another tab has sent it meanwhile', async () => {
  live = false
  choose('essay')
  uploads.intoMessage(['essay'])
  live = true
  wanted = false
  uploads.flush()
  await settle()
  expect(ways).toEqual([])
  expect(shown).toEqual([])
})

describe('a file of an earlier visit', () => {
  const chosen = { id: 'essay', name: 'essay', size: 4, type: 'text/plain' }

  it('is sent from the bytes that were kept', async () => {
    uploads.adopt('lab', { ...chosen, blob: new Blob(['text']) })
    uploads.adopt('lab', { ...chosen, blob: new Blob(['text']) })
    await settle()
    expect(ways).toHaveLength(1)
    expect(uploads.tray('lab')).toEqual([])
  })

  it('is left alone when another tab has sent it', async () => {
    wanted = false
    uploads.adopt('lab', { ...chosen, blob: new Blob(['text']) })
    await settle()
    expect(ways).toEqual([])
    expect(shown).toEqual([])
  })

  it('cannot be sent without its bytes, and says so', async () => {
    uploads.adopt('lab', { ...chosen, blob: null })
    await settle()
    expect(failed).toHaveBeenCalledExactlyOnceWith('essay', 'It is gone.')
  })
})
