import { expect, it } from 'vitest'

import { placed } from './placement'

const viewport = { width: 400, height: 300 }
const size = { width: 100, height: 20 }

it('floats above the middle of a button', () => {
  expect(placed({ left: 150, top: 100, width: 40, height: 40 }, size, 'top', viewport)).toEqual({
    left: 120,
    top: 74,
  })
})

it('goes below where there is no room above', () => {
  expect(placed({ left: 150, top: 10, width: 40, height: 40 }, size, 'top', viewport).top).toBe(56)
})

it('stays on the screen at its edge', () => {
  expect(placed({ left: 370, top: 100, width: 30, height: 30 }, size, 'top', viewport).left).toBe(292)
  expect(placed({ left: 0, top: 100, width: 30, height: 30 }, size, 'bottom', viewport).left).toBe(8)
})
