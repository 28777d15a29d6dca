import 'vue-router'

declare module 'vue-router' {
  interface RouteMeta {
    /** A key of the catalogue. */
    title?: string
    /** `guests` are sent home once signed in; `everybody` may always come. Without it: the signed-in. */
    audience?: 'guests' | 'everybody'
  }
}
