import { addCatalogue } from '@/platform/i18n'

import { loadRosterWords } from './roster/words'
import { loadTalkWords } from './talk/words'

/** The administration with its words, which no other page needs. */
export async function loadScreen(): Promise<typeof import('./AdminScreen.vue')> {
  const words = addCatalogue('admin', { en: () => import('./i18n/en'), lv: () => import('./i18n/lv') })
  const [screen] = await Promise.all([import('./AdminScreen.vue'), words, loadRosterWords(), loadTalkWords()])
  return screen
}
