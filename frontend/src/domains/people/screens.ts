/** The screens about people, each with the words it needs: no other page carries them. */
import { addCatalogue } from '@/platform/i18n'

async function withWords<Screen>(load: Promise<Screen>): Promise<Screen> {
  const words = addCatalogue('people', { en: () => import('./i18n/en'), lv: () => import('./i18n/lv') })
  const [screen] = await Promise.all([load, words])
  return screen
}

export const profile = () => withWords(import('./ProfileScreen.vue'))
export const settings = () => withWords(import('./SettingsScreen.vue'))
