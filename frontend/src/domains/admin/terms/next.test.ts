import { expect, it } from 'vitest'

import { following } from './next'

it('proposes a term as long as the last, from the day after it', () => {
  expect(following({ starts: '2026-09-01', ends: '2026-12-31' })).toEqual({
    starts: '2027-01-01',
    ends: '2027-05-02',
  })
})
