import { createPinia } from 'pinia'
import { createPersistedState } from 'pinia-plugin-persistedstate'
import { createApp } from 'vue'

import { startChat } from '@/domains/chat'
import { i18n, preferredLocale, provideLocales, setLocale } from '@/platform/i18n'

import App from './App.vue'
import { router } from './router'

export async function boot(): Promise<void> {
  const app = createApp(App)
  app.use(createPinia().use(createPersistedState()))
  app.use(router)
  provideLocales({ en: () => import('./locales/en'), lv: () => import('./locales/lv') })
  await setLocale(preferredLocale())
  app.use(i18n)
  startChat()
  app.mount('#app')
}
