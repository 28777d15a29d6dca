import { dayOf } from './days'
import type { Change, Message as WireMessage } from './language'

/**
 * What is known of a room's messages: one rule for pages of history and for live events.
 *
 * Everything may come twice, late or out of order; the result is the same. A message is placed by its
 * number, and of two tellings of it the one that knows of the later change stands.
 */
export interface Timeline {
  /** By number, each once. */
  readonly messages: readonly Message[]
  /** Whether the room has messages before the first of these. */
  readonly olderRemain: boolean
  /** Whether there are messages after the last of these: we look at the past, and live posts are not ours to add. */
  readonly newerRemain: boolean
  /** The number of the latest change heard of. */
  readonly latest: number
  /** Numbers of messages with which a page began: a group of rows is not joined over them, so that older pages move nothing. */
  readonly edges: ReadonlySet<number>
  /** Another one where a timeline was begun anew: what is on the screen is then not the same list any more. */
  readonly beginning: symbol
}

export interface Message extends WireMessage {
  /** The number of the change up to which this telling knows the message. */
  readonly knownTo: number
  /** When it was written: milliseconds since 1970, and the day. Rows are laid out in every frame in which something happens. */
  readonly at: number
  readonly day: number
}

export interface Page {
  /** Oldest first. */
  readonly nodes: readonly WireMessage[]
  readonly hasOlder: boolean
  readonly hasNewer: boolean
  /** The room's last change when the page was read. */
  readonly lastNumber: number
}

/** Begin with a page; whatever was known before is forgotten. */
export function timelineOf(page: Page): Timeline {
  const messages = page.nodes.map((node) => known(node, page.lastNumber))
  return {
    messages,
    olderRemain: page.hasOlder,
    newerRemain: page.hasNewer,
    latest: page.lastNumber,
    edges: new Set(firstNumber(messages)),
    beginning: Symbol('beginning'),
  }
}

export function withOlder(timeline: Timeline, page: Page): Timeline {
  const oldest = timeline.messages[0]?.number ?? Infinity
  const older = page.nodes.filter(({ number }) => number < oldest).map((node) => known(node, page.lastNumber))
  return {
    ...timeline,
    messages: [...older, ...timeline.messages],
    olderRemain: page.hasOlder,
    latest: Math.max(timeline.latest, page.lastNumber),
    edges: new Set([...timeline.edges, ...firstNumber(older)]),
  }
}

export function withNewer(timeline: Timeline, page: Page): Timeline {
  const newest = timeline.messages.at(-1)?.number ?? 0
  const newer = page.nodes.filter(({ number }) => number > newest).map((node) => known(node, page.lastNumber))
  return {
    ...timeline,
    messages: [...timeline.messages, ...newer],
    // What was posted while the page was on its way was not ours to add: there is more to fetch.
    newerRemain: page.hasNewer || page.lastNumber < timeline.latest,
    latest: Math.max(timeline.latest, page.lastNumber),
  }
}

/** Take in what happened, in whatever order it was heard. */
export function withChanges(timeline: Timeline, changes: readonly Change[]): Timeline {
  const messages = [...timeline.messages]
  const newestBefore = messages.at(-1)?.number ?? 0
  let latest = timeline.latest
  for (const { number, message } of changes) {
    latest = Math.max(latest, number)
    const oldest = messages[0]?.number ?? 0
    if (timeline.olderRemain && message.number < oldest) continue
    if (timeline.newerRemain && message.number > newestBefore) continue
    place(messages, known(message, number))
  }
  return { ...timeline, messages, latest }
}

function place(messages: Message[], message: Message): void {
  const at = position(messages, message.number)
  const there = messages[at]
  if (there?.number !== message.number) messages.splice(at, 0, message)
  else if (message.knownTo >= there.knownTo) messages[at] = message
}

/** Where a message with this number is or would be. */
export function position(messages: readonly Message[], number: number): number {
  let low = 0
  let high = messages.length
  // Nearly always it is the newest.
  if ((messages.at(-1)?.number ?? -1) < number) return high
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((messages[middle]?.number ?? Infinity) < number) low = middle + 1
    else high = middle
  }
  return low
}

function known(message: WireMessage, knownTo: number): Message {
  return { ...message, knownTo, at: Date.parse(message.created), day: dayOf(message.created) }
}

function firstNumber(messages: readonly Message[]): number[] {
  const first = messages[0]
  return first === undefined ? [] : [first.number]
}
