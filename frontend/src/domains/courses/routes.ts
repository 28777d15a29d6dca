import type { RouteRecordRaw } from 'vue-router'

import { loadRoomList } from '@/domains/chat'

const screens = () => import('./screens')

export const courseRoutes: RouteRecordRaw[] = [
  {
    path: '/c/:slug',
    components: { default: async () => (await screens()).course(), list: loadRoomList },
    props: { default: true },
    children: [
      {
        path: '',
        name: 'course',
        component: async () => (await screens()).stream(),
        meta: { title: 'courses.tabs.stream' },
      },
      {
        path: 'rooms',
        name: 'course-rooms',
        component: async () => (await screens()).rooms(),
        meta: { title: 'courses.tabs.rooms' },
      },
      {
        path: 'materials',
        name: 'course-materials',
        component: async () => (await screens()).materials(),
        meta: { title: 'courses.tabs.materials' },
      },
      {
        path: 'people',
        name: 'course-people',
        component: async () => (await screens()).people(),
        meta: { title: 'courses.tabs.people' },
      },
      {
        path: 'settings',
        name: 'course-settings',
        component: async () => (await screens()).settings(),
        meta: { title: 'courses.tabs.settings' },
      },
    ],
  },
  {
    path: '/invite/:token',
    name: 'invite',
    component: async () => (await screens()).invitation(),
    props: true,
    meta: { title: 'auth.register.title', audience: 'everybody' },
  },
  {
    path: '/join/:code?',
    name: 'join',
    component: async () => (await screens()).join(),
    props: true,
    meta: { title: 'courses.join.title', audience: 'everybody' },
  },
]
