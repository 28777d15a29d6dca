import { expect, it } from 'vitest'

import { missing, proposedUsername, safeNext } from './rules'

it('proposes a username from a name', () => {
  expect(proposedUsername('Žanete  Bērziņa-Kļava')).toBe('zanete-berzina-klava')
  expect(proposedUsername('李')).toBe('')
  expect(proposedUsername('x'.repeat(100))).toHaveLength(64)
})

it('names every field that is empty or only blanks', () => {
  expect(missing({ name: ' ', email: 'a@b.c', password: '' }, 'Please fill this in.')).toEqual({
    name: ['Please fill this in.'],
    password: ['Please fill this in.'],
  })
})

it('goes on to a place of ours and to no other', () => {
  expect(safeNext('/u/ada/general?m=7')).toBe('/u/ada/general?m=7')
  for (const elsewhere of [
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    'u/ada',
    undefined,
    ['/x'],
  ])
    expect(safeNext(elsewhere)).toBe('/')
})
