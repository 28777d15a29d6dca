import { addCatalogue } from '@/platform/i18n'

/** Have at hand the words about courses: pages without courses do without them. */
export function loadCourseWords(): Promise<void> {
  return addCatalogue('courses', { en: () => import('./i18n/en'), lv: () => import('./i18n/lv') })
}
