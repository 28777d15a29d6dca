import { shallowRef } from 'vue'

/** What is said next to people who listen; `Announcer.vue` puts it on the page. */
export const said = { polite: shallowRef(''), assertive: shallowRef('') }

/** Say something to people who listen instead of looking. `assertive` interrupts: only for what cannot wait. */
export function announce(text: string, politeness: 'polite' | 'assertive' = 'polite'): void {
  const region = said[politeness]
  // The same words twice in a row are a change only if they differ: a no-break space is not read aloud.
  region.value = region.value === text ? `${text}\u00a0` : text
}
