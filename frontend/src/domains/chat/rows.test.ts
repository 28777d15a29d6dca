import { describe, expect, it } from 'vitest'

import { joinsGroup, layout, type Visit } from './rows'
import { ada, grace, message, page, posted } from './testing'
import { timelineOf, withChanges, withOlder, type Message, type Page } from './timeline'

const nothingNew: Visit = { readTo: null, me: ada.id }
const of = (nodes: Page['nodes'], hasOlder = false): Page => ({
  nodes,
  hasOlder,
  hasNewer: false,
  lastNumber: nodes.at(-1)?.number ?? 0,
})
const shape = (visit: Visit, given: Page): string[] =>
  layout(timelineOf(given), visit).rows.map(
    ({ message, startsGroup, dayBelow, newBelow }) =>
      `${message.number}${startsGroup ? ' begins' : ''}${dayBelow === null ? '' : ' day'}${newBelow ? ' new' : ''}`,
  )

describe('rows', () => {
  it('join what one person says in a breath', () => {
    const nodes = [message(1), message(2), message(3, { user: grace }), message(4, { user: grace })]
    expect(shape(nothingNew, of(nodes))).toEqual(['1 begins', '2', '3 begins', '4'])
  })

  it('begin anew after five minutes of silence', () => {
    expect(shape(nothingNew, of([message(1), message(5), message(10)]))).toEqual([
      '1 begins',
      '5',
      '10 begins',
    ])
  })

  it('say where a day begins', () => {
    const nodes = [
      message(1),
      message(2, { created: '2026-11-25T12:00:00Z' }),
      message(3, { created: '2026-11-25T12:01:00Z' }),
    ]
    expect(shape(nothingNew, of(nodes))).toEqual(['1 begins day', '2 begins', '3'])
  })

  it('have a first day only when nothing older remains', () => {
    expect(layout(timelineOf(page(1, 2)), nothingNew).dayAbove).not.toBeNull()
    expect(layout(timelineOf(page(11, 12)), nothingNew).dayAbove).toBeNull()
  })

  it('do not join over a tombstone', () => {
    expect(shape(nothingNew, of([message(1), message(2, { removed: true }), message(3)]))).toEqual([
      '1 begins',
      '2 begins',
      '3 begins',
    ])
  })

  it('stay as they are when older ones arrive', () => {
    const timeline = timelineOf(page(11, 14))
    const before = layout(timeline, nothingNew).rows
    const after = layout(withOlder(timeline, page(6, 10)), nothingNew).rows
    expect(after.slice(-4)).toEqual(before)
    expect(after.at(-1)).toBe(before.at(-1))
  })
})

describe('the line of the new', () => {
  const theirs = (number: number) => message(number, { user: grace })

  it('stands before the first message that somebody else wrote since', () => {
    const visit = { readTo: 1, me: ada.id }
    expect(shape(visit, of([theirs(1), message(2), theirs(3), theirs(4)]))).toEqual([
      '1 begins',
      '2 begins new',
      '3 begins',
      '4',
    ])
  })

  it('stays where it was while one reads and more is written', () => {
    const visit = { readTo: 1, me: ada.id }
    const timeline = withChanges(timelineOf(of([theirs(1), theirs(2)])), [posted(3, { user: grace })])
    expect(layout(timeline, visit).rows.map(({ newBelow }) => newBelow)).toEqual([true, false, false])
  })

  it('is not drawn when nothing was new', () => {
    expect(shape(nothingNew, of([theirs(1), theirs(2)]))).toEqual(['1 begins', '2'])
  })

  it('stands above everything in a room never read', () => {
    expect(layout(timelineOf(of([theirs(1)])), { readTo: 0, me: ada.id }).newAbove).toBe(true)
  })

  it('waits for the older page that it belongs to', () => {
    const visit = { readTo: 3, me: ada.id }
    const timeline = timelineOf(of([theirs(10), theirs(11)], true))
    expect(layout(timeline, visit).rows.some(({ newBelow }) => newBelow)).toBe(false)
    const older = withOlder(timeline, of([theirs(3), theirs(4)], true))
    expect(layout(older, visit).rows[0]?.newBelow).toBe(true)
  })
})

describe('what I am about to say', () => {
  const last = (words: Partial<Message> = {}): Message | undefined =>
    timelineOf(of([message(1, words)])).messages[0]

  it('joins my last words, if they were just now and not taken back', () => {
    expect(joinsGroup(last(), ada.id, '2026-11-23T10:02:00Z')).toBe(true)
    expect(joinsGroup(last(), ada.id, '2026-11-23T10:07:00Z')).toBe(false)
    expect(joinsGroup(last(), grace.id, '2026-11-23T10:02:00Z')).toBe(false)
    expect(joinsGroup(last({ removed: true }), ada.id, '2026-11-23T10:02:00Z')).toBe(false)
    expect(joinsGroup(undefined, ada.id, '2026-11-23T10:02:00Z')).toBe(false)
  })
})
