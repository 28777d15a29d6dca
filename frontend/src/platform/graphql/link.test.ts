import { ApolloClient, gql, InMemoryCache } from '@apollo/client/core'
import Cookies from 'js-cookie'
import { beforeEach, expect, it, vi } from 'vitest'

import { createLink, type SignIn } from './link'

const ROOMS = gql`
  query Rooms {
    rooms
  }
`
const fetch = vi.fn<typeof globalThis.fetch>()
const signIn = { hasRunOut: vi.fn<SignIn['hasRunOut']>(), renew: vi.fn<SignIn['renew']>() }

function answer(body: object, status = 200): void {
  fetch.mockResolvedValueOnce(new Response(JSON.stringify(body), { status }))
}
const rooms = { data: { rooms: ['general'] } }
const stranger = {
  data: { rooms: null },
  errors: [{ message: 'Please sign in.', extensions: { code: 'UNAUTHENTICATED' } }],
}

function ask() {
  const client = new ApolloClient({ link: createLink(signIn), cache: new InMemoryCache() })
  return client.query({ query: ROOMS, errorPolicy: 'all' })
}

beforeEach(() => {
  vi.stubGlobal('fetch', fetch.mockReset())
  signIn.hasRunOut.mockReset().mockReturnValue(false)
  signIn.renew.mockReset().mockResolvedValue('renewed')
  Cookies.set('csrftoken', 'token')
})

it('sends the CSRF token along', async () => {
  answer(rooms)
  await ask()
  expect(new Headers(fetch.mock.calls[0]?.[1]?.headers).get('X-CSRFToken')).toBe('token')
})

it('renews and tries again when the server does not know us any more', async () => {
  answer(stranger)
  answer(rooms)
  expect((await ask()).data).toEqual(rooms.data)
  expect(signIn.renew).toHaveBeenCalledOnce()
})

it('does not try again when the sign-in is over', async () => {
  answer(stranger)
  signIn.renew.mockResolvedValue('signedOut')
  expect((await ask()).errors?.[0]?.message).toBe('Please sign in.')
  expect(fetch).toHaveBeenCalledOnce()
})

it('renews first when the token has run out, since a stranger would be answered with nothing', async () => {
  signIn.hasRunOut.mockReturnValue(true)
  answer(rooms)
  await ask()
  expect(signIn.renew).toHaveBeenCalledBefore(fetch)
})

it('fetches a new CSRF token when the door refuses the old one', async () => {
  answer({ errors: [{ message: 'The CSRF token is out of date.', extensions: { code: 'FORBIDDEN' } }] }, 403)
  answer({ SetCsrfToken: 'X-CSRFToken' })
  answer(rooms)
  expect((await ask()).data).toEqual(rooms.data)
  expect(fetch.mock.calls.map(([address]) => address)).toEqual(['/graphql/', '/api/csrf/', '/graphql/'])
})
