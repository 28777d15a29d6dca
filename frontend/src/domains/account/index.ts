/** One's own account: its password, where it is signed in, which programs act for it; and unsent mails. Sections of the settings. */
import { type Component, defineAsyncComponent } from 'vue'

import { addCatalogue } from '@/platform/i18n'

export const PasswordSettings = section(() => import('./ui/PasswordSettings.vue'))
export const SessionSettings = section(() => import('./ui/SessionSettings.vue'))
export const TokenSettings = section(() => import('./ui/TokenSettings.vue'))
export const MailSettings = section(() => import('./ui/MailSettings.vue'))

/** Fetched with its words when it is first looked at. */
function section(load: () => Promise<{ default: Component }>): Component {
  return defineAsyncComponent(async () => {
    const words = addCatalogue('account', { en: () => import('./i18n/en'), lv: () => import('./i18n/lv') })
    const [{ default: component }] = await Promise.all([load(), words])
    return component
  })
}
