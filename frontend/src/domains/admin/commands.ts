/** The administration's sections, for the palette of whoever administrates. */
import type { Router } from 'vue-router'

import { addCatalogue, i18n } from '@/platform/i18n'
import type { Command } from '@/platform/keys'

import { SECTIONS, sectionPlace } from './places'

const ICONS = {
  people: 'people',
  rooms: 'room',
  messages: 'conversations',
  reports: 'problem',
  settings: 'settings',
  audit: 'clock',
} as Partial<Record<string, string>>

/** With their words. */
export async function sectionCommands(router: Router): Promise<Command[]> {
  await addCatalogue('admin', { en: () => import('./i18n/en'), lv: () => import('./i18n/lv') })
  const { t } = i18n.global
  return SECTIONS.map((section) => ({
    id: `admin.${section}`,
    title: () => t('admin.command', { section: t(`admin.sections.${section}.title`) }),
    group: () => t('admin.title'),
    icon: ICONS[section] ?? 'settings',
    run: () => void router.push(sectionPlace(section)),
  }))
}
