import type { RoomFactsFragment, RoomKind } from './documents'
import type { Author, Change } from './language'

/** One of my rooms, as lists show it; kept alive by events. */
export interface RoomSummary {
  readonly id: string
  readonly kind: RoomKind
  /** Of a direct room: the others, by name. */
  readonly name: string
  readonly slug: string
  /** Of its lasting address, with `slug`. */
  readonly hostUsername: string
  /** Empty where there is none, in direct rooms. */
  readonly topic: string
  /** Whose room it is, if a course's. */
  readonly course: Pick<NonNullable<RoomFactsFragment['course']>, 'slug' | 'code' | 'title'> | null
  /** Whether only those who lead it write here: announcements. */
  readonly isForStaff: boolean
  /** Its course is over: nothing more is written here. */
  readonly isArchived: boolean
  readonly description: string
  readonly participantCount: number
  /** ISO 8601. */
  readonly lastActivity: string
  /** The last change that was counted. */
  readonly lastNumber: number
  /** The person has read everything to here. */
  readonly readNumber: number
  /** Others' messages above `readNumber`; the server counts to 100 at most. */
  readonly unread: number
  /** Of a direct room: the others. */
  readonly people?: readonly Author[]
}

export function summaryOf(room: RoomFactsFragment & { topic?: { name: string } }): RoomSummary {
  const { id, kind, name, slug, description, participantCount, lastActivity, lastNumber, viewerMembership } =
    room
  return {
    id,
    kind,
    name,
    slug,
    description,
    participantCount,
    lastActivity,
    lastNumber,
    hostUsername: room.host.username,
    topic: room.topic?.name ?? '',
    course: room.course,
    isForStaff: room.posting === 'STAFF',
    isArchived: room.archived !== null,
    readNumber: viewerMembership?.readNumber ?? 0,
    unread: viewerMembership?.unread ?? 0,
  }
}

export function isDirect({ kind }: RoomSummary): boolean {
  return kind === 'DIRECT'
}

/** A direct room that somebody else opened is nobody's news before something is said in it. */
export function isShown(room: RoomSummary, me: string): boolean {
  return !isDirect(room) || room.lastNumber > 0 || room.hostUsername === me
}

/**
 * The list as fetched, without forgetting what happened since it was asked for: what was heard,
 * rooms that one came to (`now` has them, `then` had not), and rooms that one left.
 */
export function refreshed(
  then: ReadonlyMap<string, RoomSummary>,
  now: ReadonlyMap<string, RoomSummary>,
  fetched: readonly RoomSummary[],
): Map<string, RoomSummary> {
  const joined = [...now].filter(([id]) => !then.has(id))
  const wasLeft = ({ id }: RoomSummary): boolean => then.has(id) && !now.has(id)
  return new Map([
    ...joined,
    ...fetched
      .filter((room) => !wasLeft(room))
      .map((room): [string, RoomSummary] => {
        const before = now.get(room.id)
        const isNewer =
          before !== undefined && (before.lastNumber > room.lastNumber || before.readNumber > room.readNumber)
        const { lastNumber, lastActivity, readNumber, unread } = isNewer ? before : room
        return [room.id, { ...room, lastNumber, lastActivity, readNumber, unread }]
      }),
  ])
}

/** Take in a change. Told twice, it counts once. */
export function withChange(room: RoomSummary, { type, number, message }: Change, me: string): RoomSummary {
  if (number <= room.lastNumber) return room
  const isNews = message.user.id !== me && message.number > room.readNumber
  if (type === 'message.posted') {
    return {
      ...room,
      lastNumber: number,
      lastActivity: message.created > room.lastActivity ? message.created : room.lastActivity,
      // Also what is a tombstone by now: its removal is told after it, and takes it off again.
      unread: isNews ? room.unread + 1 : room.unread,
    }
  }
  const wasTakenBack = type === 'message.removed' && isNews
  return { ...room, lastNumber: number, unread: wasTakenBack ? Math.max(0, room.unread - 1) : room.unread }
}

/**
 * Move the mark "read to here". How many remain is known when it reaches the last change;
 * in between, `remaining` says it for rooms whose messages are at hand.
 */
export function withRead(room: RoomSummary, number: number, remaining?: number): RoomSummary {
  if (number <= room.readNumber) return room
  const unread = number >= room.lastNumber ? 0 : (remaining ?? room.unread)
  return { ...room, readNumber: number, unread }
}

const alphabet = new Intl.Collator(undefined, { numeric: true })

export function byLastActivity(a: RoomSummary, b: RoomSummary): number {
  return b.lastActivity < a.lastActivity ? -1 : 1
}

/** Does not move under the pointer when somebody writes. */
export function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return alphabet.compare(a.name, b.name)
}

/** Rooms that belong together: a course's, or those of none. */
export interface RoomGroup {
  readonly course: RoomSummary['course']
  readonly rooms: readonly RoomSummary[]
}

/** A course as one finds it among others of its title. */
export function courseName({ title, code }: NonNullable<RoomSummary['course']>): string {
  return `${title} · ${code}`
}

/** The rooms of each course, by its title and with its announcements first; then those of none. */
export function grouped(rooms: readonly RoomSummary[]): RoomGroup[] {
  const byCourse = Map.groupBy(rooms, ({ course }) => course?.slug)
  const groups = [...byCourse.values()].map((together): RoomGroup => ({
    course: together[0]?.course ?? null,
    rooms: together.toSorted((a, b) => Number(b.isForStaff) - Number(a.isForStaff) || byName(a, b)),
  }))
  return groups.sort((a, b) => {
    if (!a.course || !b.course) return Number(!a.course) - Number(!b.course)
    return alphabet.compare(courseName(a.course), courseName(b.course))
  })
}
