import type { RouteRecordRaw } from 'vue-router'

import { useAuth } from '@/domains/auth'

export const adminRoutes: RouteRecordRaw[] = [
  {
    path: '/admin/:section(people|import|courses|reports|roles|audit)?/:subject?',
    name: 'admin',
    component: async () => (await import('./screen')).loadScreen(),
    props: true,
    beforeEnter: () => useAuth().user?.role === 'ADMIN' || '/',
  },
]
