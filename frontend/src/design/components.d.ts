import type { FontAwesomeIcon } from './FontAwesomeIcon'

/** Registered by app/boot.ts for every template. */
declare module 'vue' {
  export interface GlobalComponents {
    'font-awesome-icon': typeof FontAwesomeIcon
  }
}
