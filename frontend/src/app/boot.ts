/** The order of starting. */
import { DefaultApolloClient } from '@vue/apollo-composable'
import { createPinia } from 'pinia'
import { createPersistedState } from 'pinia-plugin-persistedstate'
import { createApp } from 'vue'

import { FontAwesomeIcon } from '@/design/FontAwesomeIcon'
import { useAuth } from '@/domains/auth'
import { startChat } from '@/domains/chat'
import { useAppearance } from '@/platform/appearance'
import { requestCsrf } from '@/platform/csrf'
import { client } from '@/platform/graphql'
import { i18n, provideLocales, setLocale } from '@/platform/i18n'
import { listen } from '@/platform/keys'
import { useNotices } from '@/platform/notices'

import App from './App.vue'
import { router } from './router'

export async function boot(): Promise<void> {
  const app = createApp(App)
  app.use(createPinia().use(createPersistedState()))

  const appearance = useAppearance()
  provideLocales({ en: () => import('./locales/en'), lv: () => import('./locales/lv') })
  await setLocale(appearance.locale)
  appearance.follow()
  app.use(i18n)
  app.provide(DefaultApolloClient, client)

  const auth = useAuth()
  app.use(router)
  offerUpdates()
  auth.initialize()
  auth.onEnd(startOver)
  void requestCsrf()
  startChat()

  app.component('FontAwesomeIcon', FontAwesomeIcon)
  app.mount('#app')
  listen(() => appearance.singleKeys)
}

/** A page that was built anew has other file names: what this one still wants is gone. Never reload by itself. */
function offerUpdates(): void {
  window.addEventListener('vite:preloadError', () => {
    const { t } = i18n.global
    if (navigator.onLine) {
      const action = { label: t('app.update.reload'), run: () => window.location.reload() }
      useNotices().raise('update', { text: t('app.update.text'), action })
    } else useNotices().say(t('app.offlinePage'), 'bad')
  })
}

/** A sign-in ended: leave nothing of it in memory. What was not sent is kept by the outbox. */
function startOver(why: string): void {
  const { fullPath, meta } = router.currentRoute.value
  const next = why === 'signed_out' || meta.audience ? {} : { next: fullPath }
  window.location.assign(router.resolve({ name: 'sign-in', query: { ended: why, ...next } }).href)
}
