import { createPinia, setActivePinia } from 'pinia'
import { createPersistedState } from 'pinia-plugin-persistedstate'
import { createApp } from 'vue'
import { beforeEach, expect, it, vi } from 'vitest'

import { Refusal } from '@/platform/graphql'

import { type SignedInPerson, useAuth } from './store'

const mutate = vi.hoisted(() => vi.fn())
vi.mock('@/platform/graphql', async (original) => ({ ...(await original()), mutate }))

const ada: SignedInPerson = {
  ...{
    id: '1',
    username: 'ada',
    name: 'Ada',
    bio: '',
    avatar: '',
    role: 'TEACHER',
    email: 'ada@example.org',
  },
}
const granted = (minutes: number) => {
  const iat = Date.now() / 1000
  return { payload: { iat, exp: iat + minutes * 60 }, refreshExpiresIn: iat + 7 * 24 * 3600, user: ada }
}

beforeEach(() => {
  localStorage.clear()
  mutate.mockReset()
  const pinia = createPinia().use(createPersistedState())
  createApp({}).use(pinia)
  setActivePinia(pinia)
})

async function signedIn(minutes = 10) {
  const auth = useAuth()
  mutate.mockResolvedValueOnce({ tokenAuth: granted(minutes) })
  await auth.signIn('ada@example.org', 'three quiet otters swim')
  return auth
}

it('knows who signed in', async () => {
  const auth = await signedIn()
  expect(auth.isSignedIn).toBe(true)
  expect(auth.user?.name).toBe('Ada')
})

it('stays signed out, and says why, when the password is wrong', async () => {
  const auth = useAuth()
  mutate.mockRejectedValueOnce(
    new Refusal('INVALID', 'This e-mail address and password do not belong together.'),
  )
  await expect(auth.signIn('ada@example.org', 'wrong')).rejects.toThrow('do not belong together')
  expect(auth.isSignedIn).toBe(false)
})

it('renews once for all who ask at the same time', async () => {
  const auth = await signedIn(0)
  mutate.mockResolvedValueOnce({ refreshToken: granted(10) })
  expect(await Promise.all([auth.renew(), auth.renew(), auth.renew()])).toEqual([
    'renewed',
    'renewed',
    'renewed',
  ])
  expect(mutate).toHaveBeenCalledTimes(2)
})

it('takes over what another tab renewed instead of renewing again', async () => {
  const auth = await signedIn(0)
  const kept = { user: ada, accessUntil: Date.now() + 600_000, sessionUntil: Date.now() + 1_000_000 }
  localStorage.setItem('edusphere.session', JSON.stringify(kept))
  expect(await auth.renew()).toBe('renewed')
  expect(mutate).toHaveBeenCalledTimes(1)
})

it('signs out when the server says the sign-in is over, and tells those who listen', async () => {
  const auth = await signedIn(0)
  const ended = vi.fn()
  auth.onEnd(ended)
  mutate.mockRejectedValueOnce(new Refusal('UNAUTHENTICATED'))
  expect(await auth.renew()).toBe('signedOut')
  expect(auth.isSignedIn).toBe(false)
  expect(ended).toHaveBeenCalledExactlyOnceWith('expired')
})

it('stays signed in while the server cannot be reached', async () => {
  const auth = await signedIn(0)
  mutate.mockRejectedValueOnce(new Refusal('NETWORK'))
  expect(await auth.renew()).toBe('unreachable')
  expect(auth.isSignedIn).toBe(true)
})

it('does not pretend to have signed out when the server was not told', async () => {
  const auth = await signedIn()
  mutate.mockRejectedValueOnce(new Refusal('NETWORK'))
  await expect(auth.signOut()).rejects.toThrow()
  expect(auth.isSignedIn).toBe(true)
})

it('forgets a sign-in that ended while the browser was closed', () => {
  localStorage.setItem('edusphere.session', JSON.stringify({ user: ada, accessUntil: 1, sessionUntil: 2 }))
  const auth = useAuth()
  auth.initialize()
  expect(auth.isSignedIn).toBe(false)
})
