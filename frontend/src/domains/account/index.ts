/** One's own account: its password, where it is signed in, which programs act for it. Sections of the settings. */
import { defineAsyncComponent } from 'vue'

export const PasswordSettings = defineAsyncComponent(() => import('./ui/PasswordSettings.vue'))
export const SessionSettings = defineAsyncComponent(() => import('./ui/SessionSettings.vue'))
export const TokenSettings = defineAsyncComponent(() => import('./ui/TokenSettings.vue'))
