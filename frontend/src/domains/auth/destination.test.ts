import { expect, it } from 'vitest'

import { keepDestination, takeDestination } from './destination'

it('brings whoever proved their address to where they wanted to go, once', () => {
  keepDestination('/join/ABCDEFGH')
  expect(takeDestination()).toBe('/join/ABCDEFGH')
  expect(takeDestination()).toBe('/')
})

it('goes nowhere but to a place of ours', () => {
  keepDestination('https://evil.example')
  expect(takeDestination()).toBe('/')
})
