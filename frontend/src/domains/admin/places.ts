import type { RouteLocationRaw } from 'vue-router'

export const SECTIONS = [
  ...(['people', 'import', 'courses', 'rooms', 'topics', 'messages'] as const),
  ...(['reports', 'roles', 'settings', 'audit'] as const),
]
export type Section = (typeof SECTIONS)[number]

export function sectionPlace(section: Section): RouteLocationRaw {
  return { name: 'admin', params: { section } }
}

/** Where an administrator looks after one person. */
export function accountPlace(personId: string): RouteLocationRaw {
  return { name: 'admin', params: { section: 'people', subject: personId } }
}

/** Where an administrator looks after one room. */
export function roomPlace(roomId: string): RouteLocationRaw {
  return { name: 'admin', params: { section: 'rooms', subject: roomId } }
}

/** Where an administrator looks after one message. */
export function messagePlace(messageId: string): RouteLocationRaw {
  return { name: 'admin', params: { section: 'messages', subject: messageId } }
}

/** What was said in a room, or by a person. */
export function messagesPlace(filter: { room: string } | { author: string }): RouteLocationRaw {
  return { name: 'admin', params: { section: 'messages' }, query: filter }
}

/** What staff did to one thing. */
export function historyPlace(subjectId: string): RouteLocationRaw {
  return { name: 'admin', params: { section: 'audit' }, query: { of: subjectId } }
}

/** Courses found by a word. */
export function coursesPlace(search: string): RouteLocationRaw {
  return { name: 'admin', params: { section: 'courses' }, query: { search } }
}
