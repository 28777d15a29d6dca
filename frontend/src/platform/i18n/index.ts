/**
 * Languages: vue-i18n, one lazy chunk for each locale, plurals by `Intl.PluralRules`.
 *
 * A catalogue writes its plural forms in the order of its language's categories, between pipes:
 * English `one | other`, Latvian `zero | one | other`. The app hands in the loaders: no words live here.
 */
import { registerMessageResolver } from '@intlify/core-base'
import { createI18n } from 'vue-i18n'

export const LOCALES = ['en', 'lv'] as const
export type Locale = (typeof LOCALES)[number]

export type Catalogue = Record<string, unknown>
type Load = () => Promise<{ default: Catalogue }>

/**
 * Keys are names with dots between. vue-i18n's small edition, which the build takes in its place (vite.config.ts),
 * knows flat keys only.
 */
registerMessageResolver(
  (catalogue, key) =>
    key
      .split('.')
      .reduce<unknown>((inner, name) => (inner as Catalogue | undefined)?.[name], catalogue) as never,
)

export const i18n = createI18n({
  legacy: false,
  locale: 'en',
  fallbackLocale: 'en',
  missingWarn: false,
  fallbackWarn: false,
  pluralRules: Object.fromEntries(LOCALES.map((locale) => [locale, pluralForm(locale)])),
})

let loaders: Partial<Record<Locale, Load>> = {}
const loaded = new Set<Locale>()
const additions = new Map<string, Record<Locale, Load>>()

/** Say where each locale's catalogue comes from; called once, before the first `setLocale`. */
export function provideLocales(given: Record<Locale, Load>): void {
  loaders = given
}

/** Add a part of the catalogues that only some screens need, in the locales spoken so far and those spoken later. */
export async function addCatalogue(name: string, given: Record<Locale, Load>): Promise<void> {
  additions.set(name, given)
  await Promise.all([...loaded].map((locale) => add(name, given[locale], locale)))
}

async function add(name: string, load: Load, locale: Locale): Promise<void> {
  i18n.global.mergeLocaleMessage(locale, { [name]: (await load()).default } as never)
}

/** Load a locale if need be and speak it. The document's `lang` follows. */
export async function setLocale(locale: Locale): Promise<void> {
  if (!loaded.has(locale)) {
    const catalogue = await loaders[locale]?.()
    if (catalogue) i18n.global.setLocaleMessage(locale, catalogue.default as never)
    loaded.add(locale)
    await Promise.all([...additions].map(([name, given]) => add(name, given[locale], locale)))
  }
  i18n.global.locale.value = locale
  document.documentElement.lang = locale
}

/** The locale now spoken; reactive. */
export function currentLocale(): Locale {
  return i18n.global.locale.value as Locale
}

/** The first of the browser's languages that we speak. */
export function preferredLocale(languages: readonly string[] = navigator.languages): Locale {
  const spoken = languages.map((language) => language.slice(0, 2).toLowerCase())
  return LOCALES.find((locale) => spoken.find((language) => isLocale(language)) === locale) ?? 'en'
}

export function isLocale(value: unknown): value is Locale {
  return LOCALES.includes(value as Locale)
}

/** Which of a message's forms fits a number. */
export function pluralForm(locale: Locale): (choice: number, forms: number) => number {
  const rules = new Intl.PluralRules(locale)
  const categories = (['zero', 'one', 'two', 'few', 'many', 'other'] as const).filter((category) =>
    rules.resolvedOptions().pluralCategories.includes(category),
  )
  return (choice, forms) => Math.min(categories.indexOf(rules.select(choice)), forms - 1)
}
