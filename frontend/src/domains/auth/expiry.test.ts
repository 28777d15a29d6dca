import { expect, it } from 'vitest'

import { accessEnds, hasRunOut, isStale, renewalDelay } from './expiry'

const now = 1_800_000_000_000
const MINUTE = 60_000

it('counts a token’s age, so that a wrong clock does no harm', () => {
  const serverIsAnHourAhead = now / 1000 + 3600
  expect(accessEnds({ iat: serverIsAnHourAhead, exp: serverIsAnHourAhead + 600 }, now)).toBe(
    now + 10 * MINUTE,
  )
})

it('takes the end as it is when the beginning is not told', () => {
  expect(accessEnds({ exp: now / 1000 + 600 }, now)).toBe(now + 10 * MINUTE)
})

it('takes an unknown payload for one that is over', () => {
  expect(accessEnds(null, now)).toBe(now)
  expect(accessEnds({ exp: 'soon' }, now)).toBe(now)
})

it('renews a minute before the end, each tab a little apart', () => {
  expect(renewalDelay(now + 10 * MINUTE, now, () => 0)).toBe(9 * MINUTE)
  expect(renewalDelay(now + 10 * MINUTE, now, () => 1)).toBe(9 * MINUTE - 10_000)
})

it('never renews in a tight loop', () => {
  expect(renewalDelay(now - MINUTE, now)).toBe(30_000)
})

it('renews on return to the page when less than a minute is left', () => {
  expect(isStale(now + 59_000, now)).toBe(true)
  expect(isStale(now + 61_000, now)).toBe(false)
})

it('holds a request back only when the token is over', () => {
  expect(hasRunOut(now + 4_000, now)).toBe(true)
  expect(hasRunOut(now + 6_000, now)).toBe(false)
})
