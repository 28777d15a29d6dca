import { expect, it } from 'vitest'

import { qrPicture, runs } from './qr'

it('draws dark modules that follow one another as one', () => {
  expect(runs([false, true, true, false, true])).toEqual([
    [1, 2],
    [4, 1],
  ])
})

it('leaves white around, and begins with the finder pattern', () => {
  const { side, path } = qrPicture('https://school.example/join/ABCDEFGH')
  // Version 3, 29 modules, and 4 on either side.
  expect(side).toBe(37)
  expect(path.startsWith('M4 4h7v1h-7z')).toBe(true)
})
