/** What others may use: who is signed in, and what everybody may know of the school. */
import { defineAsyncComponent } from 'vue'

export { missing, proposedUsername, safeNext } from './rules'
export { useSchool } from './school'
export { type EndReason, type SignedInPerson, useAuth } from './store'

/** Making an account, by an invitation too. */
export const RegisterScreen = defineAsyncComponent(() => import('./RegisterScreen.vue'))
/** The one column of the pages before the door, for those of other domains. */
export const AuthFrame = defineAsyncComponent(() => import('./ui/AuthFrame.vue'))
