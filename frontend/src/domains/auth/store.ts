/** Who is signed in on this browser. The tokens are cookies that no script can read: here is only what they mean. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'

import { asRefusal, mutate, provideSignIn, Refusal, type Renewal } from '@/platform/graphql'
import { storage } from '@/platform/storage'

import {
  Register,
  Renew,
  type SessionUserFragment,
  SetUp,
  type SetUpMutationVariables,
  SignIn,
  SignOut,
} from './documents'
import { accessEnds, hasRunOut as isOver, isStale, renewalDelay } from './expiry'

export type SignedInPerson = SessionUserFragment
/** As the server's `session.ended` says it. */
export type EndReason = 'signed_out' | 'password_changed' | 'disabled' | 'expired' | 'reused'

/** What a successful sign-in answers, by whichever door. */
interface Granted {
  payload: unknown
  refreshExpiresIn: number
  user?: SignedInPerson | null
}

export interface Registration {
  name: string
  username: string
  email: string
  password: string
}

const KEY = 'edusphere.session'

export const useAuth = defineStore(
  'auth',
  () => {
    const user = ref<SignedInPerson | null>(null)
    /** When the access token ends; see expiry.ts. */
    const accessUntil = ref(0)
    /** When the whole sign-in ends, unless it is renewed before. */
    const sessionUntil = ref(0)
    const isSignedIn = computed(() => user.value !== null)

    const listeners = new Set<(why: EndReason) => void>()
    let timer: ReturnType<typeof setTimeout> | undefined
    let renewing: Promise<Renewal> | undefined

    /** Take up what this browser remembers. Synchronous: the first screen does not wait for the server. */
    function initialize(): void {
      provideSignIn({ renew, hasRunOut })
      if (sessionUntil.value < Date.now()) forget()
      schedule()
      window.addEventListener('storage', ({ key }) => key === KEY && followOtherTab())
      window.addEventListener('online', renewIfStale)
      document.addEventListener('visibilitychange', renewIfStale)
    }

    async function signIn(email: string, password: string): Promise<void> {
      const { tokenAuth } = await mutate(SignIn, { email, password }, { withoutRenewal: true })
      grant(tokenAuth)
    }

    /** Make an account and sign in with it; where its address must be proven first, return `mustVerify`. */
    async function register(
      { password, ...person }: Registration,
      invitation?: string,
    ): Promise<'signedIn' | 'mustVerify'> {
      const answers = {
        ...person,
        password1: password,
        password2: password,
        ...(invitation && { invitation }),
      }
      const { registerUser } = await mutate(Register, answers, { withoutRenewal: true })
      if (registerUser?.mustVerify) return 'mustVerify'
      await signIn(person.email, password)
      return 'signedIn'
    }

    /** Make the school's first administrator and sign them in. */
    async function setUp(answers: SetUpMutationVariables): Promise<void> {
      const { setUpSchool } = await mutate(SetUp, answers, { withoutRenewal: true })
      grant(setUpSchool)
    }

    /** End the sign-in on the server too. Throws, and stays signed in, when the server cannot be reached. */
    async function signOut(): Promise<void> {
      await mutate(SignOut, {}, { withoutRenewal: true }).catch((error: unknown) => {
        if (asRefusal(error).code !== 'UNAUTHENTICATED') throw error
      })
      end('signed_out')
    }

    /** Whether the server would take us for a stranger, although we are signed in. */
    function hasRunOut(): boolean {
      return isSignedIn.value && isOver(accessUntil.value, Date.now())
    }

    /** Renew the access token: once for all who ask, in all tabs. */
    function renew(): Promise<Renewal> {
      renewing ??= alone(renewNow).finally(() => (renewing = undefined))
      return renewing
    }

    async function renewNow(): Promise<Renewal> {
      const before = accessUntil.value
      useAuth().$hydrate()
      if (!user.value) return 'signedOut'
      if (accessUntil.value > before && !isStale(accessUntil.value, Date.now())) return 'renewed'
      try {
        const { refreshToken } = await mutate(Renew, {}, { withoutRenewal: true })
        grant(refreshToken)
        return 'renewed'
      } catch (error) {
        if (!['UNAUTHENTICATED', 'INVALID'].includes(asRefusal(error).code)) return 'unreachable'
        end('expired')
        return 'signedOut'
      }
    }

    /** This sign-in is over, here or by the server's word. */
    function end(why: EndReason): void {
      if (!user.value) return
      forget()
      listeners.forEach((listener) => listener(why))
    }

    /** Hear when a sign-in ends. */
    function onEnd(listener: (why: EndReason) => void): void {
      listeners.add(listener)
    }

    /** Take over that the cookies were renewed by something else, a new password. */
    function renewed(granted: Granted): void {
      if (user.value) grant(granted)
    }

    /** Take over what one's own profile now says. */
    function update(changed: Partial<SignedInPerson>): void {
      if (user.value) user.value = { ...user.value, ...changed }
    }

    function grant(granted: Granted | null): void {
      if (!granted) throw new Refusal('UNAUTHENTICATED')
      if (granted.user) user.value = granted.user
      accessUntil.value = accessEnds(granted.payload, Date.now())
      sessionUntil.value = granted.refreshExpiresIn * 1000
      schedule()
    }

    function forget(): void {
      clearTimeout(timer)
      user.value = null
      accessUntil.value = sessionUntil.value = 0
    }

    function schedule(): void {
      clearTimeout(timer)
      if (user.value)
        timer = setTimeout(() => void renew().then(schedule), renewalDelay(accessUntil.value, Date.now()))
    }

    function renewIfStale(): void {
      const isWorthIt = document.visibilityState === 'visible' && navigator.onLine
      if (user.value && isWorthIt && isStale(accessUntil.value, Date.now())) void renew()
    }

    function followOtherTab(): void {
      const before = user.value?.id
      useAuth().$hydrate()
      if (before && user.value?.id !== before) listeners.forEach((listener) => listener('signed_out'))
      schedule()
    }

    return {
      ...{ user, accessUntil, sessionUntil, isSignedIn },
      ...{ initialize, signIn, register, setUp, signOut, hasRunOut, renew, renewed, end, onEnd, update },
    }
  },
  { persist: { key: KEY, storage, pick: ['user', 'accessUntil', 'sessionUntil'] } },
)

/** One tab at a time, where the browser can. */
function alone<Result>(act: () => Promise<Result>): Promise<Result> {
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-condition -- absent on plain http but for localhost
  return navigator.locks ? navigator.locks.request('edusphere.renewal', act) : act()
}
