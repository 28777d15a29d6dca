import type { Message as WireMessage } from './language'
import type { Message, Timeline } from './timeline'

/**
 * How messages are laid out: who begins a group, where a day ends, where the new begins.
 *
 * Rules are drawn *below* the row before them. A row's height then never depends on what came before it,
 * and the arrival of older pages moves nothing on the screen.
 */
export interface Row {
  readonly message: Message
  /** Shows picture, name and time; the following rows of the same person do not. */
  readonly startsGroup: boolean
  /** The day that begins below this row, as its first message's time. */
  readonly dayBelow: string | null
  /** "New" begins below this row. */
  readonly newBelow: boolean
}

export interface Layout {
  readonly rows: readonly Row[]
  /** What is drawn above the first row, when there is nothing older. */
  readonly dayAbove: string | null
  readonly newAbove: boolean
}

/** What was unread when the person came; it stays as it was for the whole visit. */
export interface Visit {
  /** Everything up to this number had been read; null: there was nothing new. */
  readonly readTo: number | null
  readonly me: string
}

const MINUTES = 60_000
const GROUP_SPAN = 5 * MINUTES

export function layout({ messages, olderRemain, edges }: Timeline, visit: Visit): Layout {
  const newFrom = firstNew(messages, visit, olderRemain)
  const rows = messages.map((message, index) => {
    const next = messages[index + 1]
    return remembered({
      message,
      startsGroup: startsGroup(messages[index - 1], message, edges, newFrom),
      dayBelow: next && dayOf(next.created) !== dayOf(message.created) ? next.created : null,
      newBelow: next?.number === newFrom,
    })
  })
  const first = messages[0]
  return {
    rows,
    dayAbove: first !== undefined && !olderRemain ? first.created : null,
    newAbove: first !== undefined && !olderRemain && first.number === newFrom,
  }
}

/** Whether what a person is about to say would join the group of the last message. */
export function joinsGroup(last: WireMessage | undefined, author: string, at: string): boolean {
  return last !== undefined && !last.removed && last.user.id === author && isClose(last.created, at)
}

/** The number of the first message that was new when the visit began, if it is among these. */
function firstNew(messages: readonly Message[], { readTo, me }: Visit, olderRemain: boolean): number | null {
  if (readTo === null) return null
  // The first unread may lie further back than what is loaded; then the line belongs there, not here.
  if (olderRemain && (messages[0]?.number ?? 0) > readTo) return null
  return (
    messages.find((message) => message.number > readTo && message.user.id !== me && !message.removed)
      ?.number ?? null
  )
}

function startsGroup(
  previous: Message | undefined,
  message: Message,
  edges: ReadonlySet<number>,
  newFrom: number | null,
): boolean {
  return (
    !joinsGroup(previous, message.user.id, message.created) ||
    message.removed ||
    edges.has(message.number) ||
    message.number === newFrom
  )
}

function isClose(earlier: string, later: string): boolean {
  return Date.parse(later) - Date.parse(earlier) < GROUP_SPAN && dayOf(earlier) === dayOf(later)
}

const days = new Map<string, number>()

/** The day of a time where the reader is, as something to compare. */
function dayOf(time: string): number {
  // Up to the quarter hour a time is on one day in every zone there is.
  const quarter = time.slice(0, 14) + String(Math.floor(Number(time.slice(14, 16)) / 15))
  let day = days.get(quarter)
  if (day === undefined) {
    const date = new Date(time)
    day = (date.getFullYear() * 12 + date.getMonth()) * 31 + date.getDate()
    days.set(quarter, day)
  }
  return day
}

const remembrance = new WeakMap<Message, Row>()

/** The same object while nothing about it changed, so that a row on the screen need not be drawn again. */
function remembered(row: Row): Row {
  const before = remembrance.get(row.message)
  if (
    before?.startsGroup === row.startsGroup &&
    before.dayBelow === row.dayBelow &&
    before.newBelow === row.newBelow
  )
    return before
  remembrance.set(row.message, row)
  return row
}
