import { beforeEach, describe, expect, it } from 'vitest'

import { CommandRefused, ConnectionLost, type Answer, type Command } from '@/platform/realtime'
import { FakeClock, settle } from '@/platform/realtime/testing'

import { Subscriptions } from './subscriptions'

let clock: FakeClock
let asked: string[]
let refusedRooms: string[]
let answer: (roomId: string) => Promise<Answer>
let subscriptions: Subscriptions

beforeEach(() => {
  clock = new FakeClock()
  asked = []
  refusedRooms = []
  answer = (roomId) => Promise.resolve({ ref: 1, roomId, number: 10 })
  subscriptions = new Subscriptions({
    clock,
    ask: (command: Command) => {
      if (command.type === 'room.unsubscribe') asked.push(`leave ${command.roomId}`)
      if (command.type !== 'room.subscribe') return Promise.resolve({ ref: 1 })
      asked.push(`${command.roomId} after ${command.after ?? 'now'}`)
      return answer(command.roomId)
    },
    refused: (roomId) => refusedRooms.push(roomId),
  })
})

describe('hearing rooms', () => {
  it('begins when there is a connection', async () => {
    subscriptions.want('lab', 5)
    expect(asked).toEqual([])
    subscriptions.connected()
    await settle()
    expect(asked).toEqual(['lab after 5'])
  })

  it('goes on, after a lost connection, where it had stopped', async () => {
    subscriptions.connected()
    subscriptions.want('lab', 5)
    await settle()
    subscriptions.heard('lab', 6)
    subscriptions.heard('lab', 7)
    subscriptions.heard('lab', 7)
    subscriptions.disconnected()
    subscriptions.connected()
    expect(asked).toEqual(['lab after 5', 'lab after 7'])
  })

  it('knows where it begins from the answer, when it began live', async () => {
    subscriptions.connected()
    subscriptions.want('lab', null)
    await settle()
    subscriptions.disconnected()
    subscriptions.connected()
    expect(asked).toEqual(['lab after now', 'lab after 10'])
  })

  it('asks again when a number stays missing', async () => {
    subscriptions.connected()
    subscriptions.want('lab', 5)
    await settle()
    subscriptions.heard('lab', 7)
    clock.pass(500)
    expect(asked).toEqual(['lab after 5', 'lab after 5'])
  })

  it('does not mind a number that was merely overtaken', async () => {
    subscriptions.connected()
    subscriptions.want('lab', 5)
    await settle()
    subscriptions.heard('lab', 7)
    subscriptions.heard('lab', 6)
    clock.pass(500)
    expect(asked).toEqual(['lab after 5'])
    subscriptions.disconnected()
    subscriptions.connected()
    expect(asked.at(-1)).toBe('lab after 7')
  })

  it('repeats what came before a page of history was at hand', async () => {
    subscriptions.connected()
    subscriptions.want('lab', 5)
    await settle()
    subscriptions.heard('lab', 6)
    subscriptions.heard('lab', 7)
    subscriptions.rewind('lab', 6)
    await settle()
    expect(asked).toEqual(['lab after 5', 'lab after 6'])
  })

  it('repeats nothing when the page knows everything', async () => {
    subscriptions.connected()
    subscriptions.want('lab', 5)
    await settle()
    subscriptions.rewind('lab', 8)
    expect(asked).toEqual(['lab after 5'])
    subscriptions.disconnected()
    subscriptions.connected()
    expect(asked.at(-1)).toBe('lab after 8')
  })

  it('begins anew from the number of a reset', async () => {
    subscriptions.connected()
    subscriptions.want('lab', 5)
    await settle()
    subscriptions.reset('lab', 900)
    subscriptions.disconnected()
    subscriptions.connected()
    expect(asked.at(-1)).toBe('lab after 900')
  })

  it('asks for the room on the screen first', () => {
    subscriptions.want('choir', 1)
    subscriptions.want('chess', 1)
    subscriptions.want('lab', 1, true)
    subscriptions.connected()
    expect(asked[0]).toBe('lab after 1')
  })

  it('leaves the socket room to speak when somebody is in 200 rooms', async () => {
    for (let number = 0; number < 200; number++) subscriptions.want(`room ${number}`, 1)
    subscriptions.connected()
    expect(asked).toHaveLength(25)
    for (let second = 0; second < 10; second++) {
      clock.pass(1000)
      await settle()
    }
    expect(asked.length).toBeLessThan(50)
    for (let second = 0; second < 90; second++) {
      clock.pass(1000)
      await settle()
    }
    expect(new Set(asked).size).toBe(200)
  })

  it('waits when the server says that it was too fast', async () => {
    answer = () => Promise.reject(new CommandRefused('TOO_MANY', 'Too fast.', 4))
    subscriptions.connected()
    subscriptions.want('lab', 1)
    await settle()
    answer = (roomId) => Promise.resolve({ ref: 1, roomId, number: 10 })
    clock.pass(3999)
    expect(asked).toHaveLength(1)
    clock.pass(1)
    expect(asked).toHaveLength(2)
  })

  it('asks for nothing while the server wants quiet, whatever happens', async () => {
    answer = () => Promise.reject(new CommandRefused('TOO_MANY', 'Too fast.', 4))
    subscriptions.connected()
    subscriptions.want('lab', 1)
    await settle()
    clock.pass(1000)
    subscriptions.want('choir', 1, true)
    clock.pass(2999)
    expect(asked).toHaveLength(1)
    clock.pass(1)
    expect(asked.slice(1)).toEqual(['choir after 1', 'lab after 1'])
  })

  it.each([
    ['TOO_MANY', 0.1],
    ['UNAVAILABLE', undefined],
  ])('does not hurry a server that says %s', async (code, seconds) => {
    answer = () => Promise.reject(new CommandRefused(code, 'Not now.', seconds))
    subscriptions.connected()
    subscriptions.want('lab', 1)
    await settle()
    clock.pass(1999)
    expect(asked).toHaveLength(1)
    clock.pass(1)
    expect(asked).toHaveLength(2)
  })

  it.each([
    ['CONFLICT', undefined],
    ['TOO_MANY', 0],
  ])('waits, when there are too many rooms (%s), until one is left', async (code, seconds) => {
    subscriptions.connected()
    subscriptions.want('lab', 1)
    await settle()
    answer = () => Promise.reject(new CommandRefused(code, 'Too many rooms.', seconds))
    subscriptions.want('choir', 1)
    subscriptions.want('chess', 1, true)
    await settle()
    for (let second = 0; second < 60; second++) {
      clock.pass(1000)
      await settle()
    }
    expect(asked).toEqual(['lab after 1', 'choir after 1', 'chess after 1'])
    expect(refusedRooms).toEqual([])
    subscriptions.drop('lab')
    expect(asked.slice(3)).toEqual(['leave lab', 'chess after 1', 'choir after 1'])
  })

  it('stops when the room is closed to us', async () => {
    answer = () => Promise.reject(new CommandRefused('NOT_FOUND', 'Not open to you.'))
    subscriptions.connected()
    subscriptions.want('lab', 1)
    await settle()
    expect(refusedRooms).toEqual(['lab'])
    subscriptions.disconnected()
    subscriptions.connected()
    expect(asked).toHaveLength(1)
  })

  it('tries again with the next connection when this one was lost', async () => {
    answer = () => Promise.reject(new ConnectionLost())
    subscriptions.connected()
    subscriptions.want('lab', 1)
    await settle()
    subscriptions.disconnected()
    subscriptions.connected()
    expect(asked).toHaveLength(2)
  })

  it('ends when the room is left', async () => {
    subscriptions.connected()
    subscriptions.want('lab', 1)
    await settle()
    subscriptions.drop('lab')
    expect(asked.at(-1)).toBe('leave lab')
  })
})
