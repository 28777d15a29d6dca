import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import type { ServerEvent } from '@/contract/events'
import { query } from '@/platform/graphql'
import { Connection } from '@/platform/realtime/connection'
import { comeBack, type Command, type Realtime } from '@/platform/realtime'
import { FakeClock, FakeSocket, settle } from '@/platform/realtime/testing'

import type { RoomCardFragment } from './documents'
import { Live } from './live'
import { summaryOf } from './roomList'
import { useChat } from './store'
import { ada, grace, message, posted, removed } from './testing'

const { fetchHistory } = vi.hoisted(() => ({ fetchHistory: vi.fn<() => Promise<object>>() }))
const upload = vi.hoisted(() => vi.fn<() => Promise<object>>())
vi.mock('@/platform/upload', () => ({ upload, takeBack: vi.fn() }))
const askWhoIAm = vi.hoisted(() => vi.fn(() => Promise.resolve()))
vi.mock('./myself/asking', () => ({ askWhoIAm }))
vi.mock('./direct/rooms', () => ({ fetchDirectRooms: () => Promise.resolve([]) }))
vi.mock('@/platform/graphql', () => ({
  query: vi.fn(),
  client: { query: fetchHistory },
  asRefusal: (error: unknown) => error,
}))

/** What the server has. */
let lastNumber: number
let socket: FakeSocket
let realtime: Realtime
let live: Live
let chat: ReturnType<typeof useChat>

const card = (): RoomCardFragment => ({
  ...{ id: 'lab', name: 'Lab', slug: 'lab', kind: 'OPEN', description: '', participantCount: 2, lastNumber },
  ...{ lastActivity: '2026-11-23T10:00:00Z', host: ada, topic: { id: 'science', name: 'Science' } },
  ...{ posting: 'EVERYONE', archived: null, course: null },
  viewerMembership: { role: 'MEMBER', readNumber: lastNumber, unread: 0 },
})

function history(): object {
  const nodes = Array.from({ length: lastNumber }, (_, index) => message(index + 1))
  return {
    data: { roomHistory: { nodes, lastNumber, pageInfo: { hasNextPage: false, hasPreviousPage: false } } },
  }
}

/** Lets a frame pass, and what it began. */
const frame = (): Promise<unknown> =>
  new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 30)))
const asked = (type: string): Record<string, unknown>[] => socket.sent.filter((said) => said.type === type)
const bodies = (): (string | undefined)[] | undefined =>
  chat.timelines.get('lab')?.messages.map(({ body, removed }) => (removed ? undefined : body))

/** Answer whatever was asked and not answered yet, as the server would. */
function serve(): void {
  for (const { type, ref, roomId } of socket.sent.splice(0)) {
    if (type === 'room.subscribe') socket.say({ type: 'ok', ref, roomId, number: lastNumber })
    else socket.say({ type: 'ok', ref })
  }
}

async function connect(): Promise<void> {
  socket.greet()
  await frame()
}

beforeEach(async () => {
  lastNumber = 3
  vi.mocked(query).mockImplementation(() =>
    Promise.resolve({ myRooms: { nodes: [card()], pageInfo: { hasNextPage: false, endCursor: null } } }),
  )
  fetchHistory.mockImplementation(() => Promise.resolve(history()))
  setActivePinia(createPinia())
  chat = useChat()
  realtime = new Connection<Command, ServerEvent>({
    open: () => (socket = new FakeSocket()),
    clock: new FakeClock(),
    random: () => 0,
    isOnline: () => true,
    comeBack,
    hasRunOut: () => false,
    renew: () => Promise.resolve('renewed'),
  })
  live = new Live(ada, realtime, vi.fn(), vi.fn())
  await connect()
  await vi.waitFor(() => expect(chat.rooms).not.toBeNull(), { timeout: 4_000 })
})

afterEach(() => live.end())

describe('a person who is signed in', () => {
  it('hears each of their rooms from where the list was read', () => {
    expect(asked('room.subscribe')).toMatchObject([{ roomId: 'lab', after: 3 }])
    expect(chat.rooms?.get('lab')?.name).toBe('Lab')
  })

  it('opens a room, and sees what is written in it', async () => {
    serve()
    await live.open('lab', null)
    socket.say(posted(4, { user: grace, body: 'hello' }))
    await frame()
    expect(bodies()).toEqual(['words 1', 'words 2', 'words 3', 'hello'])
    expect(chat.rooms?.get('lab')?.unread).toBe(1)
  })

  it('misses nothing that was written while the page of messages was on its way', async () => {
    serve()
    const late = history()
    fetchHistory.mockImplementation(async () => {
      socket.say(posted(4, { user: grace, body: 'meanwhile' }))
      await frame()
      return late
    })
    await live.open('lab', null)
    expect(bodies()).not.toContain('meanwhile')
    expect(asked('room.subscribe')).toMatchObject([{ roomId: 'lab', after: 3 }])
    socket.say(posted(4, { user: grace, body: 'meanwhile' }))
    await frame()
    expect(bodies()).toContain('meanwhile')
    expect(chat.rooms?.get('lab')?.unread).toBe(1)
  })

  it('resumes after a cut from the last number heard', async () => {
    serve()
    await live.open('lab', null)
    socket.say(posted(4, { user: grace }))
    await frame()
    socket.end(1006)
    realtime.wake()
    await frame()
    await connect()
    expect(asked('room.subscribe')).toMatchObject([{ roomId: 'lab', after: 4 }])
    serve()
    socket.say(posted(5, { user: grace, body: '', removed: true }))
    socket.say(removed(6, 5, { user: grace }))
    socket.say(posted(7, { user: grace, body: 'after the cut' }))
    await frame()
    expect(bodies()?.slice(-3)).toEqual(['words 4', undefined, 'after the cut'])
  })

  it('fetches a room anew when too much was missed', async () => {
    serve()
    await live.open('lab', null)
    lastNumber = 900
    socket.say({ type: 'room.reset', roomId: 'lab', number: 900 })
    await frame()
    expect(bodies()).toHaveLength(900)
  })

  it('sees their own words once, from the key press to the room', async () => {
    serve()
    await live.open('lab', null)
    live.post('lab', 'hello')
    expect(chat.outgoing.map(({ body }) => body)).toEqual(['hello'])
    await frame()
    const [{ clientId, ref } = {}] = asked('message.post')
    socket.say({ type: 'ok', ref, messageId: 'message-4', number: 4, created: '2026-11-23T10:04:00Z' })
    socket.say(posted(4, { clientId: String(clientId), body: 'hello' }))
    await frame()
    expect(chat.outgoing).toEqual([])
    expect(bodies()?.filter((body) => body === 'hello')).toEqual(['hello'])
  })

  it('tells how far they have read, again after a cut if nobody answered', async () => {
    serve()
    live.read('lab', 3)
    expect(asked('room.read')).toMatchObject([{ roomId: 'lab', number: 3 }])
    socket.end(1006)
    realtime.wake()
    await frame()
    await connect()
    expect(asked('room.read')).toMatchObject([{ roomId: 'lab', number: 3 }])
  })

  it.each(['NOT_FOUND', 'FORBIDDEN'])('says no more what they read in a room that is %s', async (code) => {
    serve()
    live.read('lab', 3)
    socket.say({ type: 'refused', ref: asked('room.read')[0]?.ref, code, message: 'Not yours.' })
    await frame()
    live.read('choir', 1)
    expect(asked('room.read').slice(1)).toMatchObject([{ roomId: 'choir' }])
  })

  it('says again what they read when the server was busy', async () => {
    serve()
    live.read('lab', 3)
    socket.say({ type: 'refused', ref: asked('room.read')[0]?.ref, code: 'UNAVAILABLE', message: 'Busy.' })
    await frame()
    live.read('choir', 1)
    expect(asked('room.read').slice(1)).toMatchObject([{ roomId: 'lab', number: 3 }, { roomId: 'choir' }])
  })

  it('says no more what they read in a room that they left', () => {
    serve()
    live.read('lab', 3)
    live.gone('lab', 'left')
    live.read('choir', 1)
    expect(asked('room.read').slice(1)).toMatchObject([{ roomId: 'choir' }])
  })

  it('hears nothing more of a room they were taken out of', async () => {
    serve()
    await live.open('lab', null)
    socket.say({ type: 'room.left', roomId: 'lab' })
    await frame()
    expect(chat.rooms?.has('lab')).toBe(false)
    expect(chat.lost.get('lab')).toBe('left')
  })

  it('is in it again once they are let in again', async () => {
    serve()
    socket.say({ type: 'room.left', roomId: 'lab' })
    await frame()
    expect(chat.lost.get('lab')).toBe('left')
    socket.say({ type: 'room.joined', roomId: 'lab' })
    await frame()
    expect(chat.rooms?.has('lab')).toBe(true)
    expect(chat.lost.has('lab')).toBe(false)
  })

  it('leaves the socket and the memory when they sign out', () => {
    live.end()
    expect(realtime.state).toBe('idle')
    expect(socket.closed).toBe(true)
    expect(chat.rooms).toBeNull()
  })
})

describe('the list of rooms, while it is fetched', () => {
  const myRooms = (...ids: string[]): object => ({
    myRooms: {
      nodes: ids.map((id) => ({ ...card(), id })),
      pageInfo: { hasNextPage: false, endCursor: null },
    },
  })
  const rooms = (): string[] => [...(chat.rooms?.keys() ?? [])].sort()
  let answers: ((fetched: object) => void)[]

  beforeEach(() => {
    serve()
    answers = []
    vi.mocked(query).mockImplementation(() => new Promise((resolve) => answers.push(resolve)))
  })

  it('keeps a room that they joined meanwhile', async () => {
    const loaded = live.loadRooms()
    live.joined({ ...summaryOf(card()), id: 'choir' })
    answers[0]?.(myRooms('lab'))
    await loaded
    expect(rooms()).toEqual(['choir', 'lab'])
    expect(chat.lost.has('choir')).toBe(false)
    expect(asked('room.unsubscribe')).toEqual([])
  })

  it('loses a room that they are not in any more', async () => {
    const loaded = live.loadRooms()
    answers[0]?.(myRooms())
    await loaded
    expect(rooms()).toEqual([])
    expect(chat.lost.get('lab')).toBe('gone')
  })

  it('does not bring back a room that they left meanwhile', async () => {
    const loaded = live.loadRooms()
    live.gone('lab', 'left')
    answers[0]?.(myRooms('lab'))
    await loaded
    expect(rooms()).toEqual([])
    expect(asked('room.subscribe')).toEqual([])
  })

  it('is fetched once more when they joined rooms elsewhere meanwhile', async () => {
    const loaded = live.loadRooms()
    socket.say({ type: 'room.joined', roomId: 'choir' })
    socket.say({ type: 'room.joined', roomId: 'chess' })
    await frame()
    expect(answers).toHaveLength(1)
    answers[0]?.(myRooms('lab'))
    await loaded
    await settle()
    expect(answers).toHaveLength(2)
    answers[1]?.(myRooms('lab', 'choir', 'chess'))
    await settle()
    expect(rooms()).toEqual(['chess', 'choir', 'lab'])
    expect(answers).toHaveLength(2)
  })

  it('is fetched no more when they signed out meanwhile', async () => {
    const loaded = live.loadRooms()
    socket.say({ type: 'room.joined', roomId: 'choir' })
    await frame()
    live.end()
    answers[0]?.(myRooms('lab'))
    await loaded
    await settle()
    expect(answers).toHaveLength(1)
  })
})

describe('a file', () => {
  const essay = (): File => new File(['words'], 'essay.txt', { type: 'text/plain' })
  const posts = (): unknown[] => asked('message.post').map(({ body, fileIds }) => ({ body, fileIds }))

  it('goes with the next message, which waits for it', async () => {
    let arrive: (file: object) => void = () => {}
    upload.mockImplementation(() => new Promise((resolve) => (arrive = resolve)))
    await live.attach('lab', essay())
    await vi.waitFor(() => expect(upload).toHaveBeenCalledOnce(), { timeout: 4_000 })
    live.post('lab', 'My homework')
    live.post('lab', 'Is it right?')
    expect(chat.outgoing).toMatchObject([{ body: 'My homework', files: [{ name: 'essay.txt' }] }, {}])
    expect(posts()).toEqual([])
    arrive({ id: 'e', name: 'essay.txt', size: 5, mime: 'text/plain' })
    await vi.waitFor(() => expect(posts()).toEqual([{ body: 'My homework', fileIds: ['e'] }]), {
      timeout: 4_000,
    })
  })

  it('that is taken away lets its message go without it', async () => {
    upload.mockImplementation(() => new Promise(() => {}))
    await live.attach('lab', essay())
    live.post('lab', 'My homework')
    const [row] = chat.outgoing
    live.detach(row?.files?.[0]?.id ?? '')
    await vi.waitFor(() => expect(posts()).toEqual([{ body: 'My homework', fileIds: [] }]), {
      timeout: 4_000,
    })
    expect(chat.uploads.size).toBe(0)
  })

  it('that is in no message yet is not left behind without a warning', async () => {
    upload.mockImplementation(() => new Promise(() => {}))
    const leave = (): boolean => !window.dispatchEvent(new Event('beforeunload', { cancelable: true }))
    expect(leave()).toBe(false)
    await live.attach('lab', essay())
    expect(leave()).toBe(true)
  })
})

it('asks what I may do as soon as somebody changed what I am', async () => {
  await connect()
  askWhoIAm.mockClear()
  socket.say({ type: 'me.changed' })
  await vi.waitFor(() => expect(askWhoIAm).toHaveBeenCalledOnce(), { timeout: 4_000 })
})
