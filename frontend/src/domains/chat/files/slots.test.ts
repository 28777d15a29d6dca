import { expect, it } from 'vitest'

import { slotOf } from './slots'

it.each([
  ['wide', 1600, 900, { width: 320, height: 240 }],
  ['high', 900, 1600, { width: 320, height: 240 }],
  ['small', 200, 100, { width: 200, height: 100 }],
  ['a panorama', 3000, 200, { width: 320, height: 100 }],
  ['a line', 2000, 2, { width: 320, height: 48 }],
])('a picture that is %s has its room before it is there', (_, width, height, slot) => {
  expect(slotOf({ width, height }, true)).toEqual(slot)
})

it('pictures beside each other are tiles', () => {
  expect(slotOf({ width: 1600, height: 900 }, false)).toEqual({ width: 160, height: 120 })
})
