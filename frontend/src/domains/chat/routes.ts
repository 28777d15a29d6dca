import type { RouteRecordRaw } from 'vue-router'

import { loadDirectWords } from './direct/words'
import { loadFileWords } from './files/words'

/** `meta.title` is a key of the catalogue; `components.list` is the pane beside the screen. */
export const chatRoutes: RouteRecordRaw[] = [
  {
    path: '/',
    name: 'home',
    component: () => import('./HomeScreen.vue'),
    meta: { title: 'chat.home.title' },
  },
  {
    path: '/welcome',
    name: 'welcome',
    component: () => import('./WelcomeScreen.vue'),
    meta: { title: 'chat.welcome.title', audience: 'guests' },
  },
  {
    path: '/create-room',
    name: 'create-room',
    component: () => import('./HomeScreen.vue'),
    meta: { title: 'chat.create.title' },
  },
  {
    path: '/u/:hostSlug/:roomSlug',
    name: 'room',
    components: { default: roomScreen, list: () => import('./ui/RoomList.vue') },
    meta: { title: 'chat.room.title' },
  },
  {
    path: '/d/:id',
    name: 'direct',
    components: { default: roomScreen, list: () => import('./ui/RoomList.vue') },
    meta: { title: 'chat.room.title' },
  },
]

async function roomScreen(): Promise<typeof import('./RoomScreen.vue')> {
  const [screen] = await Promise.all([import('./RoomScreen.vue'), loadFileWords(), loadDirectWords()])
  return screen
}
