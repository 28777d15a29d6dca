import { expect, it, vi } from 'vitest'
import { effectScope } from 'vue'

import { Refusal } from '@/platform/graphql'

import { type FetchPage, useGathering } from './useGathering'

/** A list of so many numbers; every page is as large as it is asked for. */
function list(length: number) {
  return vi.fn<FetchPage<number>>((after, first) => {
    const begin = after ? Number(after) : 0
    const nodes = Array.from({ length: Math.min(first, length - begin) }, (_, place) => begin + place)
    const end = begin + nodes.length
    return Promise.resolve({ nodes, pageInfo: { hasNextPage: end < length, endCursor: String(end) } })
  })
}

function gather(most?: number) {
  const done = vi.fn<(rows: string[], isWhole: boolean) => void>()
  const wait = vi.fn<(milliseconds: number) => Promise<void>>(() => Promise.resolve())
  const scope = effectScope()
  const gathering = scope.run(() => useGathering(done, { wait, ...(most && { most }) }))
  if (!gathering) throw new Error('The scope is over.')
  return { done, wait, scope, gathering }
}

it('gathers a list to its end, a hundred rows at a time and not in a hurry', async () => {
  const { done, wait, gathering } = gather()
  const fetchPage = list(250)
  await gathering.begin(fetchPage, String)
  const [rows = [], isWhole] = done.mock.calls[0] ?? []
  expect([rows.length, rows[0], rows[249], isWhole]).toEqual([250, '0', '249', true])
  expect(new Set(rows).size).toBe(250)
  expect(fetchPage.mock.calls.map(([, first]) => first)).toEqual([100, 100, 100])
  expect(wait.mock.calls).toEqual([[125], [125]])
  expect(gathering.state.value).toBe('idle')
})

it('hands over an empty list', async () => {
  const { done, gathering } = gather()
  await gathering.begin(list(0), String)
  expect(done).toHaveBeenCalledExactlyOnceWith([], true)
})

it('waits for as long as the server asks for, and goes on', async () => {
  const { done, wait, gathering } = gather()
  const fetchPage = list(150)
  fetchPage.mockRejectedValueOnce(new Refusal('TOO_MANY', '', { retryAfter: 7.5 }))
  fetchPage.mockRejectedValueOnce(new Refusal('TOO_MANY'))
  await gathering.begin(fetchPage, String)
  expect(wait.mock.calls).toEqual([[7500], [1000], [125]])
  expect(done.mock.calls[0]?.[0]).toHaveLength(150)
})

it('loses nothing when a page fails, and goes on from there', async () => {
  const { done, gathering } = gather()
  const whole = list(250)
  let failing = true
  const fetchPage: FetchPage<number> = (after, first) =>
    after === '200' && failing ? Promise.reject(new Refusal('CONFLICT', 'Not now.')) : whole(after, first)
  await gathering.begin(fetchPage, String)
  expect([gathering.state.value, gathering.count.value, gathering.problem.value]).toEqual([
    'failed',
    200,
    'Not now.',
  ])
  expect(done).not.toHaveBeenCalled()
  failing = false
  await gathering.goOn()
  expect(done.mock.calls[0]?.[0]).toEqual(Array.from({ length: 250 }, (_, number) => String(number)))
})

it('hands over what there is when nobody wants to go on', async () => {
  const { done, gathering } = gather()
  const whole = list(250)
  await gathering.begin(
    (after, first) => (after ? Promise.reject(new Refusal('NETWORK')) : whole(after, first)),
    String,
  )
  gathering.settle()
  expect(done.mock.calls[0]?.[0]).toHaveLength(100)
  expect(done.mock.calls[0]?.[1]).toBe(false)
})

it('ends at the most that it takes, and says that there is more', async () => {
  const { done, gathering } = gather(120)
  await gathering.begin(list(1000), String)
  expect(done.mock.calls[0]?.[0]).toHaveLength(120)
  expect(done.mock.calls[0]?.[1]).toBe(false)
})

it('calls a list whole that is just as long', async () => {
  const { done, gathering } = gather(200)
  await gathering.begin(list(200), String)
  expect(done.mock.calls[0]?.[1]).toBe(true)
})

it('keeps a page that comes late out of the list that is gathered after it', async () => {
  const { done, gathering } = gather()
  let letGo = (): void => undefined
  const held = new Promise<void>((resolve) => (letGo = resolve))
  const first = list(300)
  const begun = gathering.begin(
    async (after, size) => {
      if (after) await held
      return first(after, size)
    },
    (number) => `first ${number}`,
  )
  await vi.waitFor(() => expect(gathering.count.value).toBe(100), { timeout: 4_000 })
  gathering.cancel()
  const second = gathering.begin(
    async (after, size) => {
      if (after) letGo()
      await begun
      return list(200)(after, size)
    },
    (number) => `second ${number}`,
  )
  letGo()
  await Promise.all([begun, second])
  expect(done).toHaveBeenCalledExactlyOnceWith(
    Array.from({ length: 200 }, (_, number) => `second ${number}`),
    true,
  )
})

it.each(['cancel', 'leave'])('stops when told to: %s', async (how) => {
  const { done, gathering, scope } = gather()
  const whole = list(1000)
  await gathering.begin((after, first) => {
    if (after === '200' && how === 'cancel') gathering.cancel()
    else if (after === '200') scope.stop()
    return whole(after, first)
  }, String)
  expect(done).not.toHaveBeenCalled()
  expect(whole).toHaveBeenCalledTimes(3)
  expect(gathering.state.value).toBe('idle')
})
