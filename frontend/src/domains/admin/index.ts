/** What others may use of the administration: its sections in the palette; importing a roster, as those who teach do. */
import { defineAsyncComponent } from 'vue'
import type { Router } from 'vue-router'

import type { Command } from '@/platform/keys'

import { loadRosterWords } from './roster/words'

/** Fetched with its words when it is first looked at. */
export const RosterImport = defineAsyncComponent(async () => {
  const [{ default: component }] = await Promise.all([import('./roster/RosterImport.vue'), loadRosterWords()])
  return component
})

/** Fetched with their words when an administrator first asks. */
export async function sectionCommands(router: Router): Promise<Command[]> {
  return (await import('./commands')).sectionCommands(router)
}
