/** What others may use: telling the administrators that something is the matter. */
import { defineAsyncComponent } from 'vue'

import { addCatalogue } from '@/platform/i18n'

/** Fetched with its words when it is first opened. */
export const ReportDialog = defineAsyncComponent(async () => {
  const words = addCatalogue('moderation', { en: () => import('./i18n/en'), lv: () => import('./i18n/lv') })
  const [{ default: dialog }] = await Promise.all([import('./ui/ReportDialog.vue'), words])
  return dialog
})
