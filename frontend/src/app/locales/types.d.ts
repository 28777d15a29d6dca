import type account from '@/domains/account/i18n/en'
import type admin from '@/domains/admin/i18n/en'
import type talk from '@/domains/admin/talk/i18n/en'
import type roster from '@/domains/admin/roster/i18n/en'
import type direct from '@/domains/chat/direct/i18n/en'
import type files from '@/domains/chat/files/i18n/en'
import type courses from '@/domains/courses/i18n/en'
import type materials from '@/domains/courses/materials/i18n/en'
import type moderation from '@/domains/moderation/i18n/en'
import type people from '@/domains/people/i18n/en'

import type en from './en'

declare module 'vue-i18n' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- an augmentation: the keys that t() knows
  export interface DefineLocaleMessage extends Catalogue {}
}

/** What every page knows, and what some screens bring along. */
type Catalogue = typeof en & {
  account: typeof account
  admin: typeof admin
  courses: typeof courses
  direct: typeof direct
  files: typeof files
  materials: typeof materials
  moderation: typeof moderation
  people: typeof people
  roster: typeof roster
  talk: typeof talk
}
