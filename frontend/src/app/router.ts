/** Where things are, who may go there, and what a navigation does to the title, the focus and the scrolling. */
import { nextTick, watch } from 'vue'
import { createRouter, createWebHistory, type RouteLocationNormalized, START_LOCATION } from 'vue-router'

import { safeNext, useAuth } from '@/domains/auth'
import { adminRoutes } from '@/domains/admin/routes'
import { authRoutes } from '@/domains/auth/routes'
import { chatRoutes } from '@/domains/chat/routes'
import { courseRoutes } from '@/domains/courses/routes'
import { peopleRoutes } from '@/domains/people/routes'
import { i18n } from '@/platform/i18n'
import { setRouteTitle } from '@/platform/title'

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    ...authRoutes,
    ...chatRoutes,
    ...courseRoutes,
    ...peopleRoutes,
    ...adminRoutes,
    {
      path: '/:path(.*)*',
      name: 'not-found',
      component: () => import('./NotFoundScreen.vue'),
      meta: { title: 'app.notFound.title' },
    },
  ],
})

/** Those who must sign in first come back to where they wanted to go. */
router.beforeEach((to) => {
  const { isSignedIn } = useAuth()
  if (to.meta.audience === 'everybody') return true
  if (to.meta.audience === 'guests') return isSignedIn ? safeNext(to.query.next) : true
  if (isSignedIn) return true
  return to.path === '/' ? { name: 'welcome' } : { name: 'sign-in', query: { next: to.fullPath } }
})

const scrolled = new Map<unknown, number>()

router.beforeEach((_, from) => {
  if (from !== START_LOCATION) scrolled.set(historyPosition(), mainPane()?.scrollTop ?? 0)
})

router.afterEach(async (to, from, failure) => {
  if (failure || to.path === from.path) return
  setTitleOf(to)
  if (from === START_LOCATION) return
  const before = document.activeElement
  await nextTick()
  mainPane()?.scrollTo({ top: scrolled.get(historyPosition()) ?? 0 })
  // A screen that puts the focus somewhere itself (a composer, a field) knows better.
  if (document.activeElement === before || document.activeElement === document.body) focusHeading()
})

watch(i18n.global.locale, () => setTitleOf(router.currentRoute.value), { flush: 'post' })

function setTitleOf({ meta }: RouteLocationNormalized): void {
  setRouteTitle(meta.title ? i18n.global.t(meta.title) : '')
}

/** Say where we are to those who hear the page, and let Tab go on from there. */
function focusHeading(): void {
  const target = mainPane()?.querySelector<HTMLElement>('h1') ?? mainPane()
  target?.setAttribute('tabindex', '-1')
  target?.focus({ preventScroll: true })
}

function mainPane(): HTMLElement | null {
  return document.getElementById('main')
}

/** The router numbers the entries of the history; going back finds the number of before. */
function historyPosition(): unknown {
  return (history.state as { position?: number } | null)?.position
}
