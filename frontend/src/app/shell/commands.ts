/** What can be done on every screen. */
import type { Router } from 'vue-router'

import { useAppearance, THEMES } from '@/platform/appearance'
import { i18n, LOCALES } from '@/platform/i18n'
import type { Command } from '@/platform/keys'

import { overlays } from './overlays'
import { focusRegion } from './regions'

export function shellCommands(router: Router, signOut: () => void): Command[] {
  const { t } = i18n.global
  const appearance = useAppearance()
  const go = (id: string, keys: string, title: () => string, path: string, icon: string): Command => ({
    ...{ id, keys, title, icon },
    group: () => t('app.groups.go'),
    run: () => void router.push(path),
  })
  const anywhere = (
    id: string,
    keys: string | readonly string[],
    title: () => string,
    run: () => void,
  ): Command => ({
    ...{ id, keys, title, run },
    group: () => t('app.groups.anywhere'),
    keysOnly: true,
  })
  const look = (id: string, title: () => string, run: () => void): Command => ({
    ...{ id, title, run },
    group: () => t('app.groups.look'),
  })
  return [
    anywhere(
      'app.palette',
      ['Mod+K', '/'],
      () => t('app.commands.palette'),
      () => (overlays.palette = !overlays.palette),
    ),
    anywhere(
      'app.nextRegion',
      'F6',
      () => t('app.commands.nextRegion'),
      () => focusRegion(1),
    ),
    anywhere(
      'app.previousRegion',
      'Shift+F6',
      () => t('app.commands.previousRegion'),
      () => focusRegion(-1),
    ),
    {
      ...anywhere(
        'app.keys',
        '?',
        () => t('app.commands.keys'),
        () => (overlays.keys = true),
      ),
      keysOnly: false,
      icon: 'keyboard',
    },
    go('go.home', 'g h', () => t('app.nav.home'), '/', 'home'),
    go('go.settings', 'g s', () => t('app.me.settings'), '/settings/profile', 'settings'),
    ...THEMES.map((theme) =>
      look(
        `theme.${theme}`,
        () => t('app.commands.theme', { name: t(`app.theme.${theme}`) }),
        () => (appearance.theme = theme),
      ),
    ),
    ...LOCALES.map((locale) =>
      look(
        `language.${locale}`,
        () => t('app.commands.language', { name: t(`app.language.${locale}`) }),
        () => (appearance.locale = locale),
      ),
    ),
    { id: 'auth.signOut', title: () => t('auth.signOut'), icon: 'leave', run: signOut },
  ]
}
