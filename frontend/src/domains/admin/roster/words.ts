import { addCatalogue } from '@/platform/i18n'

/** Have at hand the words about rosters. */
export function loadRosterWords(): Promise<void> {
  return addCatalogue('roster', { en: () => import('./i18n/en'), lv: () => import('./i18n/lv') })
}
