import type en from './en'

declare module 'vue-i18n' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- an augmentation: the keys that t() knows
  export interface DefineLocaleMessage extends Catalogue {}
}

type Catalogue = typeof en
