import { addCatalogue } from '@/platform/i18n'

/** Have at hand the words about rooms, topics and messages. */
export function loadTalkWords(): Promise<void> {
  return addCatalogue('talk', { en: () => import('./i18n/en'), lv: () => import('./i18n/lv') })
}
