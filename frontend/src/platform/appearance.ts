/**
 * How this browser shows the app: theme, contrast, density, language. Kept on the device and read again before the
 * first paint (app/early.js); `system` leaves the choice to the system.
 */
import { defineStore } from 'pinia'
import { ref, watch } from 'vue'

import { type Locale, preferredLocale, setLocale } from './i18n'
import { storage } from './storage'

export const THEMES = ['system', 'light', 'dark'] as const
export const CONTRASTS = ['system', 'more'] as const
export const DENSITIES = ['comfortable', 'compact'] as const

export const useAppearance = defineStore(
  'appearance',
  () => {
    const theme = ref<(typeof THEMES)[number]>('system')
    const contrast = ref<(typeof CONTRASTS)[number]>('system')
    const density = ref<(typeof DENSITIES)[number]>('comfortable')
    const locale = ref<Locale>(preferredLocale())
    /** Whether single letters are commands outside of fields (WCAG 2.1.4: they can be switched off). */
    const singleKeys = ref(true)

    /** Follow every later choice; called once, by the boot, which has set the locale itself. */
    function follow(): void {
      const apply = (name: string, value: string): void => {
        if (value === 'system') document.documentElement.removeAttribute(`data-${name}`)
        else document.documentElement.setAttribute(`data-${name}`, value)
      }
      watch(theme, (value) => apply('theme', value), { immediate: true })
      watch(contrast, (value) => apply('contrast', value), { immediate: true })
      watch(density, (value) => apply('density', value), { immediate: true })
      watch(locale, (value) => void setLocale(value))
    }

    return { theme, contrast, density, locale, singleKeys, follow }
  },
  { persist: { key: 'edusphere.appearance', storage } },
)
