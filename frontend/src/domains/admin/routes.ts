import type { RouteRecordRaw } from 'vue-router'

import { useAuth } from '@/domains/auth'

import { SECTIONS } from './places'

export const adminRoutes: RouteRecordRaw[] = [
  {
    path: `/admin/:section(${SECTIONS.join('|')})?/:subject?`,
    name: 'admin',
    component: async () => (await import('./screen')).loadScreen(),
    props: true,
    beforeEnter: () => useAuth().user?.role === 'ADMIN' || '/',
  },
]
