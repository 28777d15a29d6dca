import { beforeEach, describe, expect, it } from 'vitest'

import { CommandRefused, ConnectionLost, type Answer } from '@/platform/realtime'
import { FakeClock, settle } from '@/platform/realtime/testing'

import type { SentFile } from './language'
import { Outbox, type Outgoing, type OutgoingFile, type OutboxStore } from './outbox'

class MemoryStore implements OutboxStore {
  readonly rows = new Map<string, Outgoing>()
  forbidden = false

  all(personId: string): Promise<Outgoing[]> {
    return this.#use(() => [...this.rows.values()].filter((row) => row.personId === personId))
  }

  put(row: Outgoing): Promise<void> {
    return this.#use(() => void this.rows.set(row.clientId, row))
  }

  remove(clientId: string): Promise<void> {
    return this.#use(() => void this.rows.delete(clientId))
  }

  #use<Result>(action: () => Result): Promise<Result> {
    return this.forbidden ? Promise.reject(new Error('Storage is off.')) : Promise.resolve(action())
  }
}

/** One browser: its storage and its lock are shared by all tabs. */
let store: MemoryStore
let clock: FakeClock
let turn: Promise<void>
let live: boolean
/** What the server has, in order; a client id makes one message only. */
let room: string[]
let answer: (row: Outgoing) => Promise<Answer>
let posts: number
let adopted: OutgoingFile[]

function tab(): Outbox {
  return new Outbox({
    personId: 'ada',
    store,
    clock,
    post: (row) => {
      posts++
      return answer(row)
    },
    isLive: () => live,
    alone: (action) => (turn = turn.then(action, action)),
    changed: () => {},
    adopt: (_, file) => adopted.push(file),
    share: () => {},
  })
}

const accept = (row: Outgoing): Promise<Answer> => {
  if (!room.includes(row.body)) room.push(row.body)
  return Promise.resolve({ ref: 1, number: room.length })
}
const refuse = (code: string, retryAfter?: number) => () =>
  Promise.reject(new CommandRefused(code, 'You may not write here.', retryAfter))
const standings = (outbox: Outbox): string[] => outbox.rows.map(({ body, standing }) => `${body} ${standing}`)

beforeEach(() => {
  store = new MemoryStore()
  clock = new FakeClock()
  turn = Promise.resolve()
  live = true
  room = []
  posts = 0
  adopted = []
  answer = accept
})

describe('what I say', () => {
  it('is a row at once, before anything is sent', () => {
    const outbox = tab()
    outbox.add('lab', 'hello')
    expect(standings(outbox)).toEqual(['hello waiting'])
  })

  it('is sent, and gone when its event is heard', async () => {
    const outbox = tab()
    const { clientId } = outbox.add('lab', 'hello')
    await settle()
    expect(room).toEqual(['hello'])
    expect(standings(outbox)).toEqual(['hello sent'])
    expect(store.rows.size).toBe(0)
    outbox.delivered(clientId)
    expect(outbox.rows).toEqual([])
  })

  it('may be heard before it is answered', async () => {
    let reply = (): void => {}
    answer = (row) => new Promise((resolve) => (reply = () => resolve(accept(row))))
    const outbox = tab()
    const { clientId } = outbox.add('lab', 'hello')
    await settle()
    expect(standings(outbox)).toEqual(['hello sending'])
    outbox.delivered(clientId)
    reply()
    await settle()
    await outbox.look()
    expect(outbox.rows).toEqual([])
    expect(posts).toBe(1)
  })

  it('goes out in the order it was said', async () => {
    const outbox = tab()
    for (const body of ['one', 'two', 'three']) outbox.add('lab', body)
    await settle()
    expect(room).toEqual(['one', 'two', 'three'])
  })

  it('waits for a connection', async () => {
    live = false
    const outbox = tab()
    outbox.add('lab', 'one')
    outbox.add('lab', 'two')
    await settle()
    expect(standings(outbox)).toEqual(['one waiting', 'two waiting'])
    live = true
    outbox.flush()
    await settle()
    expect(room).toEqual(['one', 'two'])
  })

  it('is sent once and in order when the tab was closed and opened again', async () => {
    live = false
    const before = tab()
    before.add('lab', 'one')
    before.add('lab', 'two')
    await settle()
    before.close()
    live = true
    const after = tab()
    await after.look()
    await settle()
    expect(room).toEqual(['one', 'two'])
    expect(posts).toBe(2)
  })

  it('is sent by one tab, though both would', async () => {
    live = false
    const one = tab()
    const two = tab()
    one.add('lab', 'hello')
    await settle()
    await two.look()
    live = true
    one.flush()
    two.flush()
    await settle()
    expect(posts).toBe(1)
    await two.look()
    expect(two.rows).toEqual([])
  })

  it('is tried again when the connection was lost before the answer', async () => {
    answer = (row) => {
      answer = accept
      room.push(row.body)
      return Promise.reject(new ConnectionLost())
    }
    const outbox = tab()
    outbox.add('lab', 'hello')
    await settle()
    expect(standings(outbox)).toEqual(['hello waiting'])
    outbox.flush()
    await settle()
    expect(room).toEqual(['hello'])
    expect(standings(outbox)).toEqual(['hello sent'])
  })

  it('waits as long as the server asks when it was too fast', async () => {
    answer = refuse('TOO_MANY', 7)
    const outbox = tab()
    outbox.add('lab', 'one')
    await settle()
    answer = accept
    outbox.add('lab', 'two')
    clock.pass(6999)
    await settle()
    expect(room).toEqual([])
    clock.pass(1)
    await settle()
    expect(room).toEqual(['one', 'two'])
  })

  it.each(['CONFLICT', 'FORBIDDEN', 'INVALID', 'NOT_FOUND'])(
    'is not sent, and says why, after %s',
    async (code) => {
      answer = refuse(code)
      const outbox = tab()
      outbox.add('lab', 'one')
      await settle()
      answer = accept
      outbox.add('lab', 'two')
      await settle()
      expect(standings(outbox)).toEqual(['one failed', 'two sent'])
      expect(outbox.rows[0]?.why).toBe('You may not write here.')
    },
  )

  it('can be tried again or discarded after a refusal, also tomorrow', async () => {
    answer = refuse('FORBIDDEN')
    const today = tab()
    today.add('lab', 'one')
    today.add('lab', 'two')
    await settle()
    today.close()
    answer = accept
    const tomorrow = tab()
    await tomorrow.look()
    expect(standings(tomorrow)).toEqual(['one failed', 'two failed'])
    const [one, two] = tomorrow.rows
    tomorrow.discard(one?.clientId ?? '')
    tomorrow.retry(two?.clientId ?? '')
    await settle()
    expect(room).toEqual(['two'])
    expect(store.rows.size).toBe(0)
  })

  it('is sent from memory where the browser forbids storage', async () => {
    store.forbidden = true
    const outbox = tab()
    outbox.add('lab', 'hello')
    await settle()
    expect(room).toEqual(['hello'])
  })

  it('is nobody else’s: another person at this computer sends none of it', async () => {
    live = false
    tab().add('lab', 'hello')
    await settle()
    for (const row of store.rows.values()) store.rows.set(row.clientId, { ...row, personId: 'grace' })
    live = true
    const outbox = tab()
    await outbox.look()
    await settle()
    expect(outbox.rows).toEqual([])
    expect(posts).toBe(0)
  })
})

describe('what I say with files', () => {
  const picture: SentFile = { id: 'f1', name: 'newt.png', size: 4, mime: 'image/png', width: 3, height: 2 }
  const chosen = (id: string): OutgoingFile => ({
    ...{ id, name: 'newt.png', size: 4, type: 'image/png', blob: new Blob(['newt']), file: null },
  })

  it('waits for its files, and what is said after it waits too', async () => {
    const outbox = tab()
    outbox.add('lab', 'look', [chosen('a'), chosen('b')])
    outbox.add('lab', 'well?')
    outbox.add('yard', 'elsewhere')
    await settle()
    expect(room).toEqual(['elsewhere'])
    outbox.sent('a', picture)
    await settle()
    expect(room).toEqual(['elsewhere'])
    outbox.sent('b', { ...picture, id: 'f2' })
    await settle()
    expect(room).toEqual(['elsewhere', 'look', 'well?'])
  })

  it('keeps their bytes until the server has them', async () => {
    live = false
    const outbox = tab()
    const { clientId } = outbox.add('lab', 'look', [chosen('a')])
    await settle()
    expect(store.rows.get(clientId)?.files?.[0]?.blob).toBeInstanceOf(Blob)
    outbox.sent('a', picture)
    await settle()
    expect(store.rows.get(clientId)?.files).toMatchObject([{ blob: null, file: picture }])
  })

  it('asks the next visit to send the files that are not sent yet', async () => {
    live = false
    const before = tab()
    before.add('lab', 'look', [{ ...chosen('a'), blob: null, file: picture }, chosen('b')])
    await settle()
    before.close()
    await tab().look()
    expect(adopted.map(({ id }) => id)).toEqual(['b'])
  })

  it('is not sent when one of them is refused, and says why', async () => {
    const outbox = tab()
    outbox.add('lab', 'look', [chosen('a')])
    outbox.notSent('a', 'This picture is damaged.')
    await settle()
    expect(standings(outbox)).toEqual(['look failed'])
    expect(outbox.rows[0]?.why).toBe('This picture is damaged.')
    expect(posts).toBe(0)
  })

  it('goes without the file that is taken away', async () => {
    const outbox = tab()
    outbox.add('lab', 'look', [{ ...chosen('a'), blob: null, file: picture }, chosen('b')])
    outbox.notSent('b', 'This picture is damaged.')
    outbox.without('b')
    await settle()
    expect(standings(outbox)).toEqual(['look sent'])
    expect(outbox.rows[0]?.files?.map(({ id }) => id)).toEqual(['a'])
  })

  it('is nothing at all without words and files', async () => {
    live = false
    const outbox = tab()
    outbox.add('lab', '', [chosen('a')])
    await settle()
    outbox.without('a')
    await settle()
    expect(outbox.rows).toEqual([])
    expect(store.rows.size).toBe(0)
  })

  it('keeps at least the words where there is no room for the files', async () => {
    live = false
    const put = store.put.bind(store)
    store.put = (row) =>
      row.files?.some(({ blob }) => blob) ? Promise.reject(new Error('The disk is full.')) : put(row)
    tab().add('lab', 'look', [chosen('a')])
    await settle()
    expect([...store.rows.values()]).toMatchObject([{ body: 'look', files: [{ blob: null }] }])
  })
})
