import type { RouteLocationRaw, RouteRecordRaw } from 'vue-router'

const screens = () => import('./screens')

export const peopleRoutes: RouteRecordRaw[] = [
  {
    path: '/u/:userSlug',
    name: 'person',
    component: async () => (await screens()).profile(),
    props: true,
    meta: { title: 'people.profile.title' },
  },
  { path: '/settings', redirect: '/settings/profile' },
  {
    path: '/settings/:section(profile|password|sessions|tokens|direct|mails|appearance)',
    name: 'settings',
    component: async () => (await screens()).settings(),
    props: true,
    meta: { title: 'people.settings.title' },
  },
]

/** Where a person is. */
export function profileOf(username: string): RouteLocationRaw {
  return { name: 'person', params: { userSlug: username } }
}
