import { expect, it } from 'vitest'

import { changes, step, withMove, type Move } from './order'

const unit = (id: string, ...materials: string[]) => ({
  id,
  materials: materials.map((name) => ({ id: name })),
})
const genetics = [unit('cells', 'film', 'page'), unit('genes', 'peas'), unit('tests')]
const after = (move: Move): string =>
  withMove(genetics, move)
    .map(({ id, materials }) => `${id}: ${materials.map((one) => one.id).join(' ')}`)
    .join(' | ')

it('puts a unit at its place', () => {
  expect(after({ kind: 'unit', id: 'tests', place: 1 })).toBe('tests:  | cells: film page | genes: peas')
  expect(after({ kind: 'unit', id: 'cells', place: 9 })).toBe('genes: peas | tests:  | cells: film page')
})

it('puts a material into another unit', () => {
  const move: Move = { kind: 'material', id: 'film', unitId: 'genes', place: 2 }
  expect(after(move)).toBe('cells: page | genes: peas film | tests: ')
})

it('leaves everything where it is when the unit has gone', () => {
  const move: Move = { kind: 'material', id: 'film', unitId: 'gone', place: 1 }
  expect(withMove(genetics, move)).toBe(genetics)
  expect(changes(genetics, move)).toBe(false)
})

it('goes a step, and from the end of a unit into the next', () => {
  expect(step(genetics, 'film', 1)).toEqual({ kind: 'material', id: 'film', unitId: 'cells', place: 2 })
  expect(step(genetics, 'page', 1)).toEqual({ kind: 'material', id: 'page', unitId: 'genes', place: 1 })
  expect(step(genetics, 'peas', -1)).toEqual({ kind: 'material', id: 'peas', unitId: 'cells', place: 3 })
  expect(step(genetics, 'genes', -1)).toEqual({ kind: 'unit', id: 'genes', place: 1 })
})

it('goes no further than the first and the last', () => {
  expect(step(genetics, 'film', -1)).toBeNull()
  expect(step(genetics, 'cells', -1)).toBeNull()
  expect(step(genetics, 'tests', 1)).toBeNull()
  expect(step(genetics, 'no such', 1)).toBeNull()
})

it('knows what would change nothing', () => {
  expect(changes(genetics, { kind: 'material', id: 'film', unitId: 'cells', place: 1 })).toBe(false)
  expect(changes(genetics, { kind: 'material', id: 'film', unitId: 'cells', place: 2 })).toBe(true)
})
