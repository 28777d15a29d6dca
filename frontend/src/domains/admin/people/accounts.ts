/** What is done to several accounts, and taken back. */
import { ref } from 'vue'
import { useI18n } from 'vue-i18n'

import { asRefusal, mutate, wordsOf } from '@/platform/graphql'
import { useNotices } from '@/platform/notices'

import { type AccountRowFragment, CloseAccounts, EndSessionsOf, OpenAccounts, type Role } from '../documents'
import { parts } from '../selection'

export type Account = AccountRowFragment
export const ROLES: Role[] = ['STUDENT', 'TEACHER', 'GUARDIAN', 'ADMIN']

type Deed = 'close' | 'open' | 'signOut'

/** `changed` hears what became of whom, so that what is on the screen follows. */
export function useAccountDeeds(changed: (ids: readonly string[], deed: Deed) => void) {
  const { t } = useI18n()
  const notices = useNotices()
  const busy = ref<Deed>()
  const problem = ref('')

  const send: Record<Deed, (userIds: string[]) => Promise<number>> = {
    close: async (userIds) => (await mutate(CloseAccounts, { userIds })).closeAccounts?.closed ?? 0,
    open: async (userIds) => (await mutate(OpenAccounts, { userIds })).openAccounts?.opened ?? 0,
    signOut: async (userIds) => (await mutate(EndSessionsOf, { userIds })).endSessionsOf?.ended ?? 0,
  }

  /** Do it; `isUndoing` offers no way back again. */
  async function act(deed: Deed, ids: readonly string[], isUndoing = false): Promise<void> {
    busy.value = deed
    problem.value = ''
    let count = 0
    try {
      for (const some of parts(ids)) {
        count += await send[deed](some)
        changed(some, deed)
      }
      const back = deed === 'close' ? 'open' : deed === 'open' ? 'close' : undefined
      const undo = { label: t('admin.undo'), run: () => void (back && act(back, ids, true)) }
      notices.say(t(`admin.people.done.${deed}`, count), 'ok', back && !isUndoing && count ? undo : undefined)
    } catch (refused) {
      problem.value = wordsOf(asRefusal(refused))
    }
    busy.value = undefined
  }

  return { busy, problem, act }
}

/** An account as it is after a deed. */
export function after(account: Account, deed: Deed): Account {
  if (deed === 'signOut') return { ...account, sessions: 0 }
  if (deed === 'open') return { ...account, closed: null }
  return { ...account, closed: account.closed ?? new Date().toISOString(), sessions: 0 }
}
