import type { RouteLocationRaw, RouteRecordRaw } from 'vue-router'

export const peopleRoutes: RouteRecordRaw[] = [
  {
    path: '/u/:userSlug',
    name: 'person',
    component: () => import('./ProfileScreen.vue'),
    props: true,
    meta: { title: 'people.profile.title' },
  },
  { path: '/settings', redirect: '/settings/profile' },
  {
    path: '/settings/:section(profile|password|sessions|tokens|direct|mails|appearance)',
    name: 'settings',
    component: () => import('./SettingsScreen.vue'),
    props: true,
    meta: { title: 'people.settings.title' },
  },
]

/** Where a person is. */
export function profileOf(username: string): RouteLocationRaw {
  return { name: 'person', params: { userSlug: username } }
}
