import { useAuth } from '@/domains/auth'
import { i18n } from '@/platform/i18n'
import { useNotices } from '@/platform/notices'

/** Sign out, or say plainly that it did not happen: on a shared computer that matters. */
export async function signOut(): Promise<void> {
  await useAuth()
    .signOut()
    .catch(() => useNotices().say(i18n.global.t('auth.signOutFailed'), 'bad'))
}
