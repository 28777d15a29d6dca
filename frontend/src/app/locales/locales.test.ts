import { expect, it } from 'vitest'

import accountEn from '@/domains/account/i18n/en'
import accountLv from '@/domains/account/i18n/lv'
import adminEn from '@/domains/admin/i18n/en'
import adminLv from '@/domains/admin/i18n/lv'
import rosterEn from '@/domains/admin/roster/i18n/en'
import rosterLv from '@/domains/admin/roster/i18n/lv'
import talkEn from '@/domains/admin/talk/i18n/en'
import talkLv from '@/domains/admin/talk/i18n/lv'
import directEn from '@/domains/chat/direct/i18n/en'
import directLv from '@/domains/chat/direct/i18n/lv'
import filesEn from '@/domains/chat/files/i18n/en'
import filesLv from '@/domains/chat/files/i18n/lv'
import materialsEn from '@/domains/courses/materials/i18n/en'
import materialsLv from '@/domains/courses/materials/i18n/lv'
import moderationEn from '@/domains/moderation/i18n/en'
import moderationLv from '@/domains/moderation/i18n/lv'
import coursesEn from '@/domains/courses/i18n/en'
import coursesLv from '@/domains/courses/i18n/lv'
import peopleEn from '@/domains/people/i18n/en'
import peopleLv from '@/domains/people/i18n/lv'

import pagesEn from './en'
import pagesLv from './lv'

/** What every page knows, and what some screens bring along. */
const en = {
  ...pagesEn,
  account: accountEn,
  admin: adminEn,
  courses: coursesEn,
  direct: directEn,
  files: filesEn,
  materials: materialsEn,
  moderation: moderationEn,
  people: peopleEn,
  roster: rosterEn,
  talk: talkEn,
}
const lv = {
  ...pagesLv,
  account: accountLv,
  admin: adminLv,
  courses: coursesLv,
  direct: directLv,
  files: filesLv,
  materials: materialsLv,
  moderation: moderationLv,
  people: peopleLv,
  roster: rosterLv,
  talk: talkLv,
}

type Words = string | { [key: string]: Words }

/** Every message by its key: what its blanks are, and how many plural forms it has. */
function shapes(words: Words, key = ''): [string, string[], number][] {
  if (typeof words !== 'string')
    return Object.entries(words).flatMap(([name, inner]) => shapes(inner, key ? `${key}.${name}` : name))
  const blanks = new Set([...words.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ''))
  return [[key, [...blanks].sort(), words.split(' | ').length]]
}

const english = new Map(shapes(en).map(([key, ...shape]) => [key, shape]))

it.each(shapes(lv))('%s has the same blanks in Latvian', (key, blanks) => {
  expect(blanks).toEqual(english.get(key)?.[0])
})

it.each(shapes(lv).filter(([, , forms]) => forms > 1))(
  '%s has the forms that its language needs',
  (key, _, forms) => {
    expect(forms).toBe(3)
    expect(english.get(key)?.[1]).toBe(2)
  },
)
