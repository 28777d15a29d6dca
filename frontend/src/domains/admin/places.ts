import type { RouteLocationRaw } from 'vue-router'

export const SECTIONS = ['people', 'import', 'courses', 'reports', 'roles', 'audit'] as const
export type Section = (typeof SECTIONS)[number]

export function sectionPlace(section: Section): RouteLocationRaw {
  return { name: 'admin', params: { section } }
}

/** Where an administrator looks after one person. */
export function accountPlace(personId: string): RouteLocationRaw {
  return { name: 'admin', params: { section: 'people', subject: personId } }
}

/** Courses found by a word. */
export function coursesPlace(search: string): RouteLocationRaw {
  return { name: 'admin', params: { section: 'courses' }, query: { search } }
}
