import { describe, expect, it } from 'vitest'

import { edited, message, page, posted, removed } from './testing'
import { timelineOf, withChanges, withNewer, withOlder, type Timeline } from './timeline'

const numbers = (timeline: Timeline): number[] => timeline.messages.map(({ number }) => number)
const body = (timeline: Timeline, number: number): string | undefined =>
  timeline.messages.find((message) => message.number === number)?.body

describe('a room’s messages', () => {
  it('grow at the end as people write', () => {
    const timeline = withChanges(timelineOf(page(1, 2)), [posted(3), posted(4)])
    expect(numbers(timeline)).toEqual([1, 2, 3, 4])
    expect(timeline.latest).toBe(4)
  })

  it('stand in the room’s order, in whatever order they were heard', () => {
    const timeline = withChanges(timelineOf(page(1, 1)), [posted(4), posted(2), posted(3)])
    expect(numbers(timeline)).toEqual([1, 2, 3, 4])
  })

  it('do not double when a message is told twice, by an event and by a page', () => {
    const start = withChanges(timelineOf(page(3, 5)), [posted(5), posted(6), posted(6)])
    expect(numbers(withOlder(start, page(1, 3)))).toEqual([1, 2, 3, 4, 5, 6])
  })

  it('change their words in place', () => {
    const timeline = withChanges(timelineOf(page(1, 3)), [edited(4, 2, 'better words')])
    expect(numbers(timeline)).toEqual([1, 2, 3])
    expect(body(timeline, 2)).toBe('better words')
  })

  it('keep the later words when an earlier edit arrives late', () => {
    const timeline = withChanges(timelineOf(page(1, 3)), [edited(6, 2, 'last'), edited(5, 2, 'first')])
    expect(body(timeline, 2)).toBe('last')
  })

  it('keep what an event told when an older page knows less', () => {
    const start = withChanges(timelineOf(page(2, 3)), [edited(5, 2, 'better words')])
    expect(body(withChanges(start, [posted(2)]), 2)).toBe('better words')
  })

  it('leave a tombstone where one was taken back, and it stays one when its posting is told again', () => {
    const timeline = withChanges(timelineOf(page(1, 3)), [removed(4, 2), posted(2)])
    expect(timeline.messages[1]).toMatchObject({ number: 2, removed: true, body: '' })
  })

  it('are not touched by changes to messages further back than what is loaded', () => {
    const timeline = withChanges(timelineOf(page(50, 60)), [edited(61, 3, 'long ago')])
    expect(numbers(timeline)[0]).toBe(50)
    expect(timeline.latest).toBe(61)
  })

  it('have a beginning once the oldest page has come', () => {
    const timeline = withOlder(timelineOf(page(3, 4)), page(1, 2))
    expect(timeline.olderRemain).toBe(false)
    expect(timeline.edges).toEqual(new Set([3, 1]))
  })

  it('accept a page that is empty', () => {
    const timeline = withChanges(timelineOf({ nodes: [], hasOlder: false, hasNewer: false, lastNumber: 0 }), [
      posted(1),
    ])
    expect(numbers(timeline)).toEqual([1])
  })

  it('are not mutated', () => {
    const before = timelineOf(page(1, 2))
    withChanges(before, [posted(3)])
    expect(numbers(before)).toEqual([1, 2])
  })
})

describe('looking at the past', () => {
  const past = timelineOf(page(10, 20, { hasNewer: true, lastNumber: 90 }))

  it('does not put today’s posts under last month’s', () => {
    const timeline = withChanges(past, [posted(91), edited(92, 15, 'better words')])
    expect(numbers(timeline).at(-1)).toBe(20)
    expect(body(timeline, 15)).toBe('better words')
    expect(timeline.latest).toBe(92)
  })

  it('reaches the present page by page', () => {
    const timeline = withNewer(past, page(21, 90))
    expect(timeline.newerRemain).toBe(false)
    expect(numbers(withChanges(timeline, [posted(91)])).at(-1)).toBe(91)
  })

  it('has not reached it when somebody wrote while the last page was on its way', () => {
    const timeline = withNewer(withChanges(past, [posted(91)]), page(21, 90))
    expect(timeline.newerRemain).toBe(true)
    expect(withNewer(timeline, { ...page(91, 91), lastNumber: 91 }).newerRemain).toBe(false)
  })
})

describe('a thousand posts at once', () => {
  it('are placed in one go', () => {
    const start = timelineOf({
      ...page(1, 1),
      nodes: Array.from({ length: 10_000 }, (_, index) => message(index + 1)),
      lastNumber: 10_000,
    })
    const posts = Array.from({ length: 1000 }, (_, index) => posted(10_001 + index))
    expect(withChanges(start, posts).messages).toHaveLength(11_000)
  })
})
