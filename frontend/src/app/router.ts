import { createRouter, createWebHistory } from 'vue-router'

import { chatRoutes } from '@/domains/chat/routes'

export const router = createRouter({ history: createWebHistory(), routes: [...chatRoutes] })
