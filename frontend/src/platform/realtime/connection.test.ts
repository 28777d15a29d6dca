import { beforeEach, describe, expect, it } from 'vitest'

import { Connection, type ConnectionState, type Frame, type Renewal } from './connection'
import { CommandRefused, ConnectionLost } from './errors'
import { address, comeBack } from './index'
import { FakeClock, FakeSocket, settle } from './testing'

let clock: FakeClock
let sockets: FakeSocket[]
let states: ConnectionState[]
let heard: Frame[]
let online: boolean
let isOver: boolean
let renewal: Renewal
let renewals: number
let connection: Connection<{ type: string }, Frame>

const last = (): FakeSocket => {
  const socket = sockets.at(-1)
  if (socket === undefined) throw new Error('Nothing was opened.')
  return socket
}
beforeEach(() => {
  clock = new FakeClock()
  sockets = []
  states = []
  heard = []
  online = true
  isOver = false
  renewal = 'renewed'
  renewals = 0
  connection = new Connection({
    open: () => {
      const socket = new FakeSocket()
      sockets.push(socket)
      return socket
    },
    clock,
    random: () => 1,
    isOnline: () => online,
    comeBack,
    hasRunOut: () => isOver,
    renew: () => {
      renewals++
      return Promise.resolve(renewal)
    },
  })
  connection.onState((state) => states.push(state))
  connection.onEvent((event) => heard.push(event))
})

describe('a connection', () => {
  it('is live when the server has greeted, not before', () => {
    connection.start()
    last().onopen?.()
    expect(connection.state).toBe('connecting')
    last().greet()
    expect(states).toEqual(['connecting', 'live'])
  })

  it('hands on every event, and survives a frame that is none', () => {
    connection.start()
    last().greet()
    last().onmessage?.({ data: '{"type"' })
    last().onmessage?.({ data: '[]' })
    last().say({ type: 'message.posted', number: 1 })
    expect(heard.map(({ type }) => type)).toEqual(['hello', 'message.posted'])
  })

  it('comes back after a cut, each time after a longer wait, up to 30 seconds', async () => {
    connection.start()
    last().greet()
    last().end(1006)
    expect(connection.state).toBe('reconnecting')
    for (const wait of [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000]) {
      const before = sockets.length
      clock.pass(wait - 1)
      await settle()
      expect(sockets).toHaveLength(before)
      clock.pass(1)
      await settle()
      expect(sockets).toHaveLength(before + 1)
      last().end(1006)
    }
  })

  it('waits little again after it held for a while', async () => {
    connection.start()
    last().greet()
    last().end(1006)
    clock.pass(500)
    await settle()
    last().greet()
    clock.pass(6000)
    last().end(1006)
    clock.pass(500)
    await settle()
    expect(sockets).toHaveLength(3)
  })

  it('keeps waiting longer when the server lets it in and throws it out at once', async () => {
    connection.start()
    for (const wait of [500, 1000, 2000]) {
      last().greet()
      last().end(1011)
      clock.pass(wait - 1)
      await settle()
      const before = sockets.length
      clock.pass(1)
      await settle()
      expect(sockets).toHaveLength(before + 1)
    }
  })

  it('comes back within 15 seconds after the server restarts', async () => {
    connection.start()
    last().greet()
    last().end(1012)
    clock.pass(14_999)
    await settle()
    expect(sockets).toHaveLength(1)
    clock.pass(1)
    await settle()
    expect(sockets).toHaveLength(2)
  })

  it('does not come back when the sign-in ended, until somebody signs in', async () => {
    connection.start()
    last().greet()
    last().end(4001)
    clock.pass(120_000)
    await settle()
    expect(connection.state).toBe('signedOut')
    expect(sockets).toHaveLength(1)
    connection.start()
    expect(sockets).toHaveLength(2)
  })

  it('stays away from a server that said so', async () => {
    connection.start()
    last().greet()
    last().end(4009)
    connection.wake()
    clock.pass(120_000)
    await settle()
    expect(connection.state).toBe('stopped')
    expect(sockets).toHaveLength(1)
  })

  it('says that it is offline when the network is gone, and is back at once with it', async () => {
    connection.start()
    last().greet()
    online = false
    last().end(1006)
    expect(connection.state).toBe('offline')
    online = true
    connection.wake()
    await settle()
    expect(connection.state).toBe('reconnecting')
    last().greet()
    expect(connection.state).toBe('live')
  })

  it('asks for a new token after a refused handshake, before the next try', async () => {
    connection.start()
    last().end(1006)
    expect(renewals).toBe(0)
    clock.pass(500)
    await settle()
    expect(renewals).toBe(1)
    last().greet()
    last().end(1006)
    clock.pass(1000)
    await settle()
    expect(renewals).toBe(1)
  })

  it('asks for a new token first when the old one has run out', async () => {
    isOver = true
    connection.start()
    expect(sockets).toHaveLength(0)
    await settle()
    expect(renewals).toBe(1)
    last().greet()
    expect(states).toEqual(['connecting', 'live'])
  })

  it('gives up when the sign-in cannot be renewed', async () => {
    connection.start()
    renewal = 'signedOut'
    last().end(1006)
    clock.pass(500)
    await settle()
    expect(connection.state).toBe('signedOut')
    expect(sockets).toHaveLength(1)
  })

  it('does not wait for ever for a greeting', async () => {
    connection.start()
    last().onopen?.()
    clock.pass(10_500)
    await settle()
    expect(sockets).toHaveLength(2)
    expect(sockets[0]?.closed).toBe(true)
  })

  it('notices a server that went away without a word', async () => {
    connection.start()
    last().greet()
    clock.pass(30_000)
    last().say({ type: 'heartbeat' })
    clock.pass(44_999)
    expect(connection.state).toBe('live')
    clock.pass(1)
    expect(connection.state).toBe('reconnecting')
    clock.pass(500)
    await settle()
    expect(sockets).toHaveLength(2)
  })

  it('answers a heartbeat, and is not silent in a room where only others speak', () => {
    connection.start()
    last().greet()
    clock.pass(10_000)
    last().say({ type: 'message.posted', number: 1 })
    expect(last().sent).toEqual([])
    clock.pass(10_000)
    last().say({ type: 'message.posted', number: 2 })
    expect(last().sent.map(({ type }) => type)).toEqual(['heartbeat'])
  })

  it('trusts no silence after sleep: it asks, and comes back when nobody answers', () => {
    connection.start()
    last().greet()
    connection.wake()
    expect(last().sent.map(({ type }) => type)).toEqual(['heartbeat'])
    clock.pass(3000)
    expect(connection.state).toBe('reconnecting')
  })

  it('goes away when told, and ignores what the old socket still says', () => {
    connection.start()
    const old = last()
    old.greet()
    connection.stop()
    old.end(1006)
    clock.pass(60_000)
    expect(connection.state).toBe('idle')
    expect(sockets).toHaveLength(1)
  })
})

describe('a command', () => {
  const post = { type: 'message.post' }

  it('gets its own answer', async () => {
    connection.start()
    last().greet()
    const first = connection.ask(post)
    const second = connection.ask(post)
    const [one, two] = last().sent
    last().say({ type: 'ok', ref: two?.ref, number: 2 })
    last().say({ type: 'ok', ref: one?.ref, number: 1 })
    expect((await first).number).toBe(1)
    expect((await second).number).toBe(2)
  })

  it('is refused in words', async () => {
    connection.start()
    last().greet()
    const answer = connection.ask(post)
    last().say({
      type: 'refused',
      ref: last().sent[0]?.ref,
      code: 'TOO_MANY',
      message: 'Too fast.',
      retryAfter: 3,
    })
    const refusal = await answer.catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(CommandRefused)
    expect(refusal).toMatchObject({ code: 'TOO_MANY', message: 'Too fast.', retryAfter: 3 })
  })

  it('is lost with the connection', async () => {
    await expect(connection.ask(post)).rejects.toBeInstanceOf(ConnectionLost)
    connection.start()
    last().greet()
    const answer = connection.ask(post)
    last().end(1006)
    await expect(answer).rejects.toBeInstanceOf(ConnectionLost)
  })

  it('is given up after ten seconds without an answer', async () => {
    connection.start()
    last().greet()
    const answer = connection.ask(post)
    const failure = answer.catch((error: unknown) => error)
    clock.pass(10_000)
    expect(await failure).toBeInstanceOf(ConnectionLost)
  })
})

describe('the address', () => {
  it('is the page’s own origin, as secure as the page', () => {
    expect(address({ protocol: 'http:', host: 'localhost:8000' })).toBe('ws://localhost:8000/ws/')
    expect(address({ protocol: 'https:', host: 'school.example' })).toBe('wss://school.example/ws/')
  })
})
