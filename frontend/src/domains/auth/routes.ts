import type { RouteRecordRaw } from 'vue-router'

/** `meta.audience`: `guests` are sent home once signed in; `everybody` may always come. Without it: the signed-in. */
export const authRoutes: RouteRecordRaw[] = [
  {
    path: '/login',
    alias: '/auth',
    name: 'sign-in',
    component: () => import('./SignInScreen.vue'),
    meta: { title: 'auth.signIn.title', audience: 'guests' },
  },
  {
    path: '/register',
    name: 'register',
    component: () => import('./RegisterScreen.vue'),
    meta: { title: 'auth.register.title', audience: 'guests' },
  },
  {
    path: '/forgotten',
    name: 'forgotten',
    component: () => import('./ForgottenScreen.vue'),
    meta: { title: 'auth.forgotten.title', audience: 'guests' },
  },
  {
    path: '/reset/:token',
    name: 'reset',
    component: () => import('./ResetScreen.vue'),
    props: true,
    meta: { title: 'auth.reset.title', audience: 'everybody' },
  },
  {
    path: '/verify/:token',
    name: 'verify',
    component: () => import('./VerifyScreen.vue'),
    props: true,
    meta: { title: 'auth.verify.title', audience: 'everybody' },
  },
  {
    path: '/setup',
    name: 'setup',
    component: () => import('./SetupScreen.vue'),
    meta: { title: 'auth.setup.title', audience: 'everybody' },
  },
]
