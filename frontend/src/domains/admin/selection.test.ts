import { describe, expect, it } from 'vitest'

import { kept, parts, shareOf, toggled } from './selection'

const rows = ['a', 'b', 'c', 'd']
const chosen = (...ids: string[]) => new Set(ids)

describe('choosing rows', () => {
  it('is one at a time', () => {
    expect(toggled(chosen('a'), rows, 'c')).toEqual(chosen('a', 'c'))
    expect(toggled(chosen('a', 'c'), rows, 'a')).toEqual(chosen('c'))
  })

  it('takes all between, in either direction', () => {
    expect(toggled(chosen('b'), rows, 'd', 'b')).toEqual(chosen('b', 'c', 'd'))
    expect(toggled(chosen('d'), rows, 'b', 'd')).toEqual(chosen('b', 'c', 'd'))
  })

  it('lets all between go where the last one goes', () => {
    expect(toggled(chosen(...rows), rows, 'c', 'a')).toEqual(chosen('d'))
  })

  it('is one where the first is in the list no more', () => {
    expect(toggled(chosen(), rows, 'c', 'gone')).toEqual(chosen('c'))
  })
})

it('forgets who is shown no more', () => {
  expect(kept(chosen('a', 'gone'), rows)).toEqual(chosen('a'))
})

it('knows none, some and all', () => {
  expect([chosen(), chosen('a'), chosen(...rows)].map((ids) => shareOf(ids, rows))).toEqual([
    'none',
    'some',
    'all',
  ])
  expect(shareOf(chosen('a'), [])).toBe('none')
})

it('parts what is too much at once', () => {
  expect(parts(rows, 3)).toEqual([['a', 'b', 'c'], ['d']])
  expect(parts([], 3)).toEqual([])
})
