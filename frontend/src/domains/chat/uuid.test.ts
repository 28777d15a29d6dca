import { expect, it } from 'vitest'

import { uuid7 } from './uuid'

it('makes ids that are unique, of version 7, and sort as they were made', () => {
  const ids = Array.from({ length: 10_000 }, () => uuid7(1_700_000_000_000))
  expect(new Set(ids).size).toBe(10_000)
  expect([...ids].sort()).toEqual(ids)
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})
