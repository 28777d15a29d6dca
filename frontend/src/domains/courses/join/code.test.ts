import { expect, it } from 'vitest'

import { plainCode } from './code'

it.each([
  [' abcd-efgh ', 'ABCDEFGH'],
  ['ABCD EFGH', 'ABCDEFGH'],
  ['https://school.example/join/ABCDEFGH?from=poster', 'ABCDEFGH'],
  ['/', ''],
  ['  ', ''],
])('%j is the code %s', (typed, code) => {
  expect(plainCode(typed)).toBe(code)
})
