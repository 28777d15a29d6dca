import type { RouteRecordRaw } from 'vue-router'

import { useAuth } from '@/domains/auth'

export const adminRoutes: RouteRecordRaw[] = [
  {
    // As in `places`, which the first page need not carry.
    path: '/admin/:section(people|import|courses|rooms|topics|messages|reports|roles|settings|audit)?/:subject?',
    name: 'admin',
    component: async () => (await import('./screen')).loadScreen(),
    props: true,
    beforeEnter: () => useAuth().user?.role === 'ADMIN' || '/',
  },
]
