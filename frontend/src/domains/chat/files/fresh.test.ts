import { beforeEach, expect, it, vi } from 'vitest'
import { nextTick, ref } from 'vue'

import { renewFirst, useFresh } from './fresh'

const signIn = vi.hoisted(() => ({
  hasRunOut: vi.fn<() => boolean>(),
  renew: vi.fn<() => Promise<string>>(),
}))
vi.mock('@/platform/graphql', () => ({ currentSignIn: signIn }))

beforeEach(() => {
  signIn.hasRunOut.mockReturnValue(false)
  signIn.renew.mockReset()
})

it('a picture is there at once while the sign-in holds', () => {
  expect(useFresh(() => '/media/newt').value).toBe('/media/newt')
  expect(signIn.renew).not.toHaveBeenCalled()
})

it('a picture waits for the renewal of a sign-in that ran out', async () => {
  let renewed: (result: string) => void = () => {}
  signIn.hasRunOut.mockReturnValue(true)
  signIn.renew.mockImplementation(() => new Promise((resolve) => (renewed = resolve)))
  const address = ref('/media/newt')
  const fresh = useFresh(() => address.value)
  expect(fresh.value).toBe('')
  renewed('renewed')
  await nextTick()
  expect(fresh.value).toBe('/media/newt')
})

it('a click on a file goes on when the sign-in is renewed, and once', async () => {
  const link = document.createElement('a')
  let clicks = 0
  link.addEventListener('click', (event) => {
    clicks++
    void renewFirst(event)
  })
  signIn.hasRunOut.mockReturnValueOnce(true)
  signIn.renew.mockResolvedValue('renewed')
  link.click()
  await vi.waitFor(() => expect(clicks).toBe(2), { timeout: 4_000 })
  signIn.hasRunOut.mockReturnValue(true)
  signIn.renew.mockResolvedValue('unreachable')
  link.click()
  await nextTick()
  expect(clicks).toBe(3)
})
