import { defineStore } from 'pinia'
import { computed, shallowRef, type ShallowRef } from 'vue'

import { CONTRACT } from '@/contract/close_codes'
import type { ServerEvent } from '@/contract/events'

import type { Author, Change } from './language'
import { DIRECT_RULES, INVITATIONS, myPlaceIn } from './news'
import type { Outgoing } from './outbox'
import type { Presence } from './presence'
import { byLastActivity, byName, isDirect, isShown, withChange, withRead, type RoomSummary } from './roomList'
import { withChanges, type Timeline } from './timeline'
import type { Upload } from './files/uploads'

/**
 * What happens, as the screens see it. What is fetched once and stays is in Apollo; this is the stream.
 *
 * The events of one frame are taken in together: every map is replaced at most once, and a screen is drawn once.
 */
export const useChat = defineStore('chat', () => {
  const me = shallowRef<Author | null>(null)
  /** My rooms. null: not fetched yet. */
  const rooms = shallowRef<ReadonlyMap<string, RoomSummary> | null>(null)
  const timelines = shallowRef<ReadonlyMap<string, Timeline>>(new Map())
  const outgoing = shallowRef<readonly Outgoing[]>([])
  /** Files on their way, by the page's own names for them. */
  const uploads = shallowRef<ReadonlyMap<string, Upload>>(new Map())
  const presence = shallowRef<ReadonlyMap<string, Presence>>(new Map())
  const typists = shallowRef<ReadonlyMap<string, readonly Author[]>>(new Map())
  /** Rooms that were closed to me while I was here, and how. */
  const lost = shallowRef<ReadonlyMap<string, Loss>>(new Map())
  /** How often something was changed that is fetched elsewhere, by the words of `news.ts`: a reason to ask anew. */
  const news = shallowRef<ReadonlyMap<string, number>>(new Map())
  /** Courses that I came into or was taken out of while I was here, and which of the two it was last. */
  const enrolments = shallowRef<ReadonlyMap<string, 'joined' | 'left'>>(new Map())

  const shown = (): RoomSummary[] =>
    [...(rooms.value?.values() ?? [])].filter((room) => isShown(room, me.value?.username ?? ''))
  const roomsByName = computed(() => shown().sort(byName))
  const roomsByActivity = computed(() => shown().sort(byLastActivity))
  const directRooms = computed(() => roomsByActivity.value.filter(isDirect))
  const currentRooms = computed(() =>
    roomsByActivity.value.filter((room) => !room.isArchived && !isDirect(room)),
  )
  /** The room whose end is on the screen: what comes is being read, and not worth a number that goes at once. */
  const watched = shallowRef<string | null>(null)
  const unreadIn = ({ id, unread, isArchived }: RoomSummary): number =>
    id === watched.value || isArchived ? 0 : unread
  const unread = computed(() => roomsByName.value.reduce((sum, room) => sum + unreadIn(room), 0))

  /** What I said in rooms that I am not in any more. */
  const stranded = computed(() =>
    rooms.value
      ? outgoing.value.filter(({ standing, roomId }) => standing === 'failed' && !rooms.value?.has(roomId))
      : [],
  )

  /** Take in what happened; returns what has to be done about it. */
  function take(events: readonly ServerEvent[]): FollowUp[] {
    const followUps: FollowUp[] = []
    const changes = new Map<string, Change[]>()
    for (const event of events) {
      switch (event.type) {
        case 'message.posted':
        case 'message.edited':
        case 'message.removed':
          gather(changes, event)
          followUps.push({ type: 'heard', roomId: event.roomId, number: event.number, change: event })
          break
        case 'room.reset':
          followUps.push({ type: 'reset', roomId: event.roomId, number: event.number })
          break
        case 'room.updated':
          rewriteRoom(event.roomId, (room) => ({
            ...room,
            name: event.name || room.name, // direct rooms have none
            topic: event.topic ?? room.topic,
            description: event.description,
            isArchived: event.archived ?? room.isArchived,
            slug: event.slug ?? room.slug,
            hostUsername: event.host?.username ?? room.hostUsername,
          }))
          break
        case 'room.deleted':
          lose(event.roomId, 'deleted')
          followUps.push({ type: 'lost', roomId: event.roomId })
          break
        case 'room.left':
          lose(event.roomId, 'left')
          followUps.push({ type: 'lost', roomId: event.roomId })
          break
        case 'room.joined':
          note(myPlaceIn(event.roomId))
          followUps.push({ type: 'joined', roomId: event.roomId })
          break
        case 'member.joined':
        case 'member.left': {
          const by = event.type === 'member.joined' ? 1 : -1
          rewriteRoom(event.roomId, (room) => ({ ...room, participantCount: room.participantCount + by }))
          note(event.roomId)
          if (event.type === 'member.left')
            followUps.push({ type: 'silent', roomId: event.roomId, personId: event.userId })
          break
        }
        case 'read.moved':
          moveRead(event.roomId, event.number)
          break
        case 'typing.started':
          if (event.user.id !== me.value?.id)
            followUps.push({ type: 'typing', roomId: event.roomId, author: event.user })
          break
        case 'presence.changed': {
          const people = event.userIds && new Set(event.userIds)
          set(presence, event.roomId, { count: event.count, people })
          break
        }
        case 'session.ended':
          followUps.push({ type: 'ended', why: event.why })
          break
        // What it means for rooms is told by `room.joined` and `room.left`.
        case 'course.joined':
          set(enrolments, event.courseId, 'joined')
          break
        case 'course.left':
          set(enrolments, event.courseId, 'left')
          break
        case 'admissions.changed':
          note(event.courseId)
          break
        case 'direct_rules.changed':
          note(DIRECT_RULES)
          break
        case 'invitations.changed':
          note(INVITATIONS)
          break
        case 'me.changed':
        case 'school.decided':
          followUps.push({ type: 'mine', isEverybodys: event.type === 'school.decided' })
          break
        case 'hello':
          followUps.push({ type: 'greeted', isNewer: event.contract > CONTRACT })
          break
        case 'heartbeat':
        case 'ok':
        case 'refused':
          // The connection's own affair.
          break
        default:
          followUps.push(...unknown(event))
      }
    }
    applyChanges(changes)
    return followUps
  }

  function applyChanges(changes: ReadonlyMap<string, readonly Change[]>): void {
    if (changes.size === 0) return
    const newRooms = new Map(rooms.value)
    const newTimelines = new Map(timelines.value)
    for (const [roomId, ofRoom] of changes) {
      const room = newRooms.get(roomId)
      const id = me.value?.id ?? ''
      if (room)
        newRooms.set(
          roomId,
          ofRoom.reduce((summary, change) => withChange(summary, change, id), room),
        )
      const timeline = newTimelines.get(roomId)
      if (timeline) newTimelines.set(roomId, withChanges(timeline, ofRoom))
    }
    if (rooms.value) rooms.value = newRooms
    timelines.value = newTimelines
  }

  /** Note that the person has read to here, in this tab or in another. */
  function moveRead(roomId: string, number: number): void {
    const timeline = timelines.value.get(roomId)
    const messages = timeline?.newerRemain ? undefined : timeline?.messages
    const isUnread = (message: { number: number; removed: boolean; user: Author }): boolean =>
      message.number > number && !message.removed && message.user.id !== me.value?.id
    rewriteRoom(roomId, (room) => withRead(room, number, messages?.filter(isUnread).length))
  }

  function rewriteRoom(roomId: string, rewrite: (room: RoomSummary) => RoomSummary): void {
    const room = rooms.value?.get(roomId)
    if (room) putRoom(rewrite(room))
  }

  function putRoom(room: RoomSummary): void {
    rooms.value = new Map(rooms.value).set(room.id, room)
    lost.value = without(lost.value, room.id)
  }

  function lose(roomId: string, how: Loss): void {
    if (rooms.value) rooms.value = without(rooms.value, roomId)
    timelines.value = without(timelines.value, roomId)
    // Of a deleted room one hears both: that it is deleted, and that one is not in it any more.
    set(lost, roomId, lost.value.get(roomId) ?? how)
  }

  function note(what: string): void {
    set(news, what, (news.value.get(what) ?? 0) + 1)
  }

  function putTimeline(roomId: string, timeline: Timeline): void {
    set(timelines, roomId, timeline)
  }

  function dropTimeline(roomId: string): void {
    timelines.value = without(timelines.value, roomId)
  }

  function putTypists(roomId: string, people: readonly Author[]): void {
    set(typists, roomId, people)
  }

  function forget(): void {
    me.value = rooms.value = null
    outgoing.value = []
    for (const map of [timelines, presence, typists, lost, news, enrolments])
      map.value = new Map<string, never>()
  }

  return {
    ...{ me, rooms, timelines, outgoing, uploads, presence, typists, lost, news, enrolments },
    ...{ roomsByName, roomsByActivity, currentRooms, directRooms, unread, unreadIn, watched, stranded },
    ...{ take, note, moveRead, putRoom, putTimeline, dropTimeline, putTypists, lose, forget },
  }
})

/** How a room was closed to me; `gone`: nobody said. */
export type Loss = 'left' | 'deleted' | 'gone'

/** What an event asks of those who can act: the store only knows. */
export type FollowUp =
  | { type: 'heard'; roomId: string; number: number; change?: Change }
  | { type: 'reset'; roomId: string; number: number }
  | { type: 'lost' | 'joined'; roomId: string }
  | { type: 'typing'; roomId: string; author: Author }
  | { type: 'silent'; roomId: string; personId: string }
  | { type: 'ended'; why: Extract<ServerEvent, { type: 'session.ended' }>['why'] }
  /** What I am and may do. */
  | { type: 'mine'; isEverybodys: boolean }
  | { type: 'greeted'; isNewer: boolean }

/** Whatever this page knows of is dealt with above. A newer server may say more; what it numbers still counts. */
function unknown(event: never): FollowUp[] {
  const { roomId, number } = event as { roomId?: unknown; number?: unknown }
  return typeof roomId === 'string' && typeof number === 'number' ? [{ type: 'heard', roomId, number }] : []
}

function gather(changes: Map<string, Change[]>, change: Change): void {
  const ofRoom = changes.get(change.roomId)
  if (ofRoom) ofRoom.push(change)
  else changes.set(change.roomId, [change])
}

function set<Value>(map: ShallowRef<ReadonlyMap<string, Value>>, key: string, value: Value): void {
  map.value = new Map(map.value).set(key, value)
}

function without<Value>(map: ReadonlyMap<string, Value>, key: string): ReadonlyMap<string, Value> {
  return new Map([...map].filter(([other]) => other !== key))
}
