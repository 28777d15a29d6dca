import { addCatalogue } from '@/platform/i18n'

/** Have at hand the words about files: pages without messages do without them. */
export function loadFileWords(): Promise<void> {
  return addCatalogue('files', { en: () => import('./i18n/en'), lv: () => import('./i18n/lv') })
}
