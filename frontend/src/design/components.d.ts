import type { FontAwesomeIcon } from '@fortawesome/vue-fontawesome'

/** Registered by app/boot.ts for every template. */
declare module 'vue' {
  export interface GlobalComponents {
    'font-awesome-icon': typeof FontAwesomeIcon
  }
}
