import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import { watch } from 'vue'

import type { ServerEvent } from '@/contract/events'

import type { RoomSummary } from './roomList'
import { useChat } from './store'
import { ada, grace, page, posted, removed } from './testing'
import { timelineOf } from './timeline'

const lab: RoomSummary = {
  id: 'lab',
  name: 'Lab',
  slug: 'lab',
  kind: 'OPEN',
  hostUsername: 'ada',
  topic: 'Science',
  course: null,
  isForStaff: false,
  isArchived: false,
  description: '',
  participantCount: 2,
  lastActivity: '2026-11-23T10:00:00.000Z',
  lastNumber: 10,
  readNumber: 10,
  unread: 0,
}

let chat: ReturnType<typeof useChat>

beforeEach(() => {
  setActivePinia(createPinia())
  chat = useChat()
  chat.me = ada
  chat.rooms = new Map([['lab', lab]])
  chat.putTimeline('lab', timelineOf(page(1, 10)))
})

describe('what happens', () => {
  it('is in the room and in the list at once, and drawn once', () => {
    let drawn = 0
    watch([() => chat.timelines, () => chat.rooms], () => drawn++, { flush: 'post' })
    chat.take([posted(11, { user: grace }), posted(12, { user: grace }), removed(13, 11, { user: grace })])
    expect(chat.timelines.get('lab')?.messages).toHaveLength(12)
    expect(chat.rooms?.get('lab')?.unread).toBe(1)
    expect(chat.unread).toBe(1)
    expect(drawn).toBe(0)
  })

  it('in a room that is not open counts in the list', () => {
    chat.dropTimeline('lab')
    chat.take([posted(11, { user: grace })])
    expect(chat.rooms?.get('lab')?.unread).toBe(1)
    expect(chat.timelines.size).toBe(0)
  })

  it('before one’s eyes is no number for the list', () => {
    chat.watched = 'lab'
    chat.take([posted(11, { user: grace })])
    expect(chat.unread).toBe(0)
    chat.watched = null
    expect(chat.unread).toBe(1)
  })

  it('changes a room’s name, topic and people', () => {
    chat.take([
      {
        ...{ type: 'room.updated', roomId: 'lab', name: 'Laboratory', topic: null },
        ...{ description: 'Goggles on.', archived: true },
      },
      { type: 'member.joined', roomId: 'lab', user: grace, role: 'MEMBER' },
    ])
    expect(chat.rooms?.get('lab')).toMatchObject({
      name: 'Laboratory',
      topic: 'Science',
      isArchived: true,
      participantCount: 3,
    })
    expect(chat.news.get('lab')).toBe(1)
  })

  it('takes a room away, and says how', () => {
    const followUps = chat.take([{ type: 'room.deleted', roomId: 'lab' }])
    expect(chat.rooms?.size).toBe(0)
    expect(chat.timelines.size).toBe(0)
    expect(chat.lost.get('lab')).toBe('deleted')
    expect(followUps).toEqual([{ type: 'lost', roomId: 'lab' }])
  })

  it('moves my read mark when I read elsewhere', () => {
    chat.take([posted(11, { user: grace }), posted(12, { user: grace }), posted(13, { user: grace })])
    chat.take([{ type: 'read.moved', roomId: 'lab', number: 12 }])
    expect(chat.rooms?.get('lab')).toMatchObject({ readNumber: 12, unread: 1 })
  })

  it('tells who is here, by name or only how many', () => {
    chat.take([{ type: 'presence.changed', roomId: 'lab', count: 1, userIds: ['grace'] }])
    expect(chat.presence.get('lab')?.people?.has('grace')).toBe(true)
    chat.take([{ type: 'presence.changed', roomId: 'lab', count: 400, userIds: null }])
    expect(chat.presence.get('lab')).toEqual({ count: 400, people: null })
  })

  it('does not tell me that I write', () => {
    expect(chat.take([{ type: 'typing.started', roomId: 'lab', user: ada, expires: 5 }])).toEqual([])
    expect(chat.take([{ type: 'typing.started', roomId: 'lab', user: grace, expires: 5 }])).toEqual([
      { type: 'typing', roomId: 'lab', author: grace },
    ])
  })

  it('may be something this page does not know: its number counts, and nothing breaks', () => {
    const unknown = { type: 'message.pinned', roomId: 'lab', number: 11 } as unknown as ServerEvent
    expect(chat.take([unknown, posted(12)])).toMatchObject([
      { type: 'heard', roomId: 'lab', number: 11 },
      { type: 'heard', roomId: 'lab', number: 12 },
    ])
    expect(chat.take([{ type: 'weather.changed' } as unknown as ServerEvent])).toEqual([])
  })

  it('leaves nothing when the person goes', () => {
    chat.take([posted(11, { user: grace })])
    chat.forget()
    expect([chat.me, chat.rooms, chat.timelines.size, chat.unread]).toEqual([null, null, 0, 0])
  })
})
