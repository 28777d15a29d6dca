import type { RouteRecordRaw } from 'vue-router'

/** `meta.title` is a key of the catalogue; `components.list` is the pane beside the screen. */
export const chatRoutes: RouteRecordRaw[] = [
  {
    path: '/',
    name: 'home',
    component: () => import('./HomeScreen.vue'),
    meta: { title: 'chat.home.title' },
  },
  {
    path: '/u/:hostSlug/:roomSlug',
    name: 'room',
    component: () => import('./RoomScreen.vue'),
    meta: { title: 'chat.room.title' },
  },
]
