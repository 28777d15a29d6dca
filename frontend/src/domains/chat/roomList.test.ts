import { describe, expect, it } from 'vitest'

import {
  byLastActivity,
  byName,
  grouped,
  refreshed,
  withChange,
  withRead,
  type RoomSummary,
} from './roomList'
import { ada, edited, grace, posted, removed } from './testing'

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

describe('a room in the list', () => {
  it('counts what others write, once, and not what I write', () => {
    let room = withChange(lab, posted(11, { user: grace }), ada.id)
    room = withChange(room, posted(11, { user: grace }), ada.id)
    room = withChange(room, posted(12), ada.id)
    expect(room).toMatchObject({ unread: 1, lastNumber: 12, lastActivity: '2026-11-23T10:12:00.000Z' })
  })

  it('counts no edits, and takes off what was taken back unread', () => {
    let room = withChange(lab, posted(11, { user: grace }), ada.id)
    room = withChange(room, edited(12, 11, 'better words'), ada.id)
    expect(room.unread).toBe(1)
    room = withChange(room, removed(13, 11, { user: grace }), ada.id)
    expect(room.unread).toBe(0)
    expect(withChange(room, removed(14, 9, { user: grace }), ada.id).unread).toBe(0)
  })

  it('counts right when a post and its removal were both missed', () => {
    const tombstone = { user: grace, body: '', removed: true }
    const room = withChange(
      withChange(lab, posted(11, tombstone), ada.id),
      removed(12, 11, { user: grace }),
      ada.id,
    )
    expect(room.unread).toBe(0)
  })

  it('is read when its last message was, and stays so when an older mark is told', () => {
    const room = { ...lab, lastNumber: 15, unread: 4 }
    expect(withRead(room, 15)).toMatchObject({ unread: 0, readNumber: 15 })
    expect(withRead(room, 12, 2)).toMatchObject({ unread: 2, readNumber: 12 })
    expect(withRead(withRead(room, 15), 12)).toMatchObject({ unread: 0, readNumber: 15 })
  })

  it('is ordered by life on the home page, by name at the side', () => {
    const quiet = { ...lab, name: 'Room 2', lastActivity: '2026-11-01T10:00:00.000Z' }
    const loud = { ...lab, name: 'Room 10' }
    expect([quiet, loud].sort(byLastActivity)).toEqual([loud, quiet])
    expect([loud, quiet].sort(byName)).toEqual([quiet, loud])
  })

  it('does not forget what was heard while the list was fetched', () => {
    const heard = { ...lab, lastNumber: 12, unread: 2 }
    const fetched = { ...lab, name: 'Laboratory', lastNumber: 11, unread: 1 }
    const then = new Map([['lab', lab]])
    expect(refreshed(then, new Map([['lab', heard]]), [fetched]).get('lab')).toMatchObject({
      name: 'Laboratory',
      unread: 2,
    })
    expect(refreshed(then, then, [fetched]).get('lab')).toMatchObject({ unread: 1, lastNumber: 11 })
  })

  it('goes when it was known before the list was fetched, and is not in it', () => {
    const then = new Map([['lab', lab]])
    expect(refreshed(then, then, []).size).toBe(0)
  })

  it('stays when one came to it while the list was fetched, and stays away when one left it', () => {
    const none = new Map<string, RoomSummary>()
    const withLab = new Map([['lab', lab]])
    expect(refreshed(none, withLab, []).get('lab')).toEqual(lab)
    expect(refreshed(withLab, none, [lab]).size).toBe(0)
  })
})

it('puts the rooms of a course together, its announcements first, and those of none last', () => {
  const ofCourse = (title: string, name: string, isForStaff = false): RoomSummary => {
    return { ...lab, id: name, name, isForStaff, course: { slug: title.toLowerCase(), code: 'X', title } }
  }
  const rooms = [
    lab,
    ofCourse('Zoology', 'Cages'),
    ofCourse('Botany', 'Greenhouse'),
    ofCourse('Botany', 'News', true),
  ]
  const names = grouped(rooms).map(({ course, rooms }) => [course?.title, ...rooms.map(({ name }) => name)])
  expect(names).toEqual([
    ['Botany', 'News', 'Greenhouse'],
    ['Zoology', 'Cages'],
    [undefined, 'Lab'],
  ])
})
