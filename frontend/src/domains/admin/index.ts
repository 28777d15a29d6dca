/** What others may use of the administration: importing a roster, which those who teach do for their course. */
import { defineAsyncComponent } from 'vue'

import { loadRosterWords } from './roster/words'

/** Fetched with its words when it is first looked at. */
export const RosterImport = defineAsyncComponent(async () => {
  const [{ default: component }] = await Promise.all([import('./roster/RosterImport.vue'), loadRosterWords()])
  return component
})
