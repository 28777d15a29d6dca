import type account from '@/domains/account/i18n/en'
import type admin from '@/domains/admin/i18n/en'
import type roster from '@/domains/admin/roster/i18n/en'
import type files from '@/domains/chat/files/i18n/en'

import type en from './en'

declare module 'vue-i18n' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- an augmentation: the keys that t() knows
  export interface DefineLocaleMessage extends Catalogue {}
}

/** What every page knows, and what some screens bring along. */
type Catalogue = typeof en & {
  account: typeof account
  admin: typeof admin
  files: typeof files
  roster: typeof roster
}
