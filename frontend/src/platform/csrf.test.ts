import Cookies from 'js-cookie'
import { beforeEach, expect, it, vi } from 'vitest'

import { csrfHeaders, requestCsrf } from './csrf'

beforeEach(() => Cookies.remove('csrftoken'))

it('sends back the token of the cookie', async () => {
  Cookies.set('csrftoken', 'x'.repeat(40))
  expect(await csrfHeaders()).toEqual({ 'X-CSRFToken': 'x'.repeat(40) })
})

it('asks for a token when there is none', async () => {
  const fetch = vi.spyOn(globalThis, 'fetch').mockImplementation(() => {
    Cookies.set('csrftoken', 'fresh')
    return Promise.resolve(new Response('{}'))
  })
  expect(await csrfHeaders()).toEqual({ 'X-CSRFToken': 'fresh' })
  expect(fetch).toHaveBeenCalledOnce()
})

it('goes on without one when the server is silent', async () => {
  vi.spyOn(globalThis, 'fetch').mockRejectedValue(new DOMException('too long', 'TimeoutError'))
  expect(await csrfHeaders()).toEqual({})
})

it('asks once for all who wait', async () => {
  const fetch = vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response('{}'))
  await Promise.all([requestCsrf(), requestCsrf()])
  expect(fetch).toHaveBeenCalledOnce()
})
