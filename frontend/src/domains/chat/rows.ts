import { dayOf } from './days'
import { position, type Message, type Timeline } from './timeline'

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
    const previous = messages[index - 1]
    const next = messages[index + 1]
    const startsGroup =
      message.removed ||
      message.number === newFrom ||
      edges.has(message.number) ||
      !follows(previous, message.user.id, message.at, message.day)
    const dayBelow = next && next.day !== message.day ? next.created : null
    return remembered(message, startsGroup, dayBelow, next?.number === newFrom)
  })
  const first = messages[0]
  return {
    rows,
    dayAbove: first !== undefined && !olderRemain ? first.created : null,
    newAbove: first !== undefined && !olderRemain && first.number === newFrom,
  }
}

/** Whether what a person is about to say would join the group of the last message. */
export function joinsGroup(last: Message | undefined, author: string, written: string): boolean {
  return follows(last, author, Date.parse(written), dayOf(written))
}

function follows(previous: Message | undefined, author: string, at: number, day: number): boolean {
  return (
    previous !== undefined &&
    !previous.removed &&
    previous.user.id === author &&
    previous.day === day &&
    at - previous.at < GROUP_SPAN
  )
}

/** The number of the first message that was new when the visit began, if it is among these. */
function firstNew(messages: readonly Message[], { readTo, me }: Visit, olderRemain: boolean): number | null {
  if (readTo === null) return null
  // The first unread may lie further back than what is loaded; then the line belongs there, not here.
  if (olderRemain && (messages[0]?.number ?? 0) > readTo) return null
  for (let index = position(messages, readTo + 1); index < messages.length; index++) {
    const message = messages[index]
    if (message && message.user.id !== me && !message.removed) return message.number
  }
  return null
}

const remembrance = new WeakMap<Message, Row>()

/** The same object while nothing about it changed, so that a row on the screen need not be drawn again. */
function remembered(message: Message, startsGroup: boolean, dayBelow: string | null, newBelow: boolean): Row {
  const before = remembrance.get(message)
  if (before?.startsGroup === startsGroup && before.dayBelow === dayBelow && before.newBelow === newBelow) {
    return before
  }
  const row = { message, startsGroup, dayBelow, newBelow }
  remembrance.set(message, row)
  return row
}
