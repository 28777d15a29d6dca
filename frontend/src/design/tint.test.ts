import { expect, it } from 'vitest'

import { initialsOf, TINTS, tintOf } from './tint'

it('gives a person the same tint every time', () => {
  expect(tintOf('Ada Lovelace')).toBe(tintOf('Ada Lovelace'))
  expect(TINTS).toContain(tintOf('Grace Hopper'))
})

it('takes the first letters of the first and the last name', () => {
  expect(initialsOf('Ada King Lovelace')).toBe('AL')
  expect(initialsOf('žanete')).toBe('Ž')
  expect(initialsOf('  ')).toBe('')
})

it('keeps an emoji or an accent whole', () => {
  expect(initialsOf('👩‍🏫 teacher')).toBe('👩‍🏫T')
  expect(initialsOf('E\u0301lodie')).toBe('E\u0301')
})
