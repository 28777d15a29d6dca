import { type Component, defineAsyncComponent } from 'vue'

import { addCatalogue } from '@/platform/i18n'

/** Have at hand the words about writing to one another. */
export function loadDirectWords(): Promise<void> {
  return addCatalogue('direct', { en: () => import('./i18n/en'), lv: () => import('./i18n/lv') })
}

/** A part of a page that is fetched with them. */
export function withDirectWords(load: () => Promise<{ default: Component }>): Component {
  return defineAsyncComponent(() => Promise.all([load(), loadDirectWords()]).then(([part]) => part))
}
