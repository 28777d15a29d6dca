import type { CourseMaterialsQuery } from '../documents'

export type CourseUnit = CourseMaterialsQuery['course']['units'][number]
export type Material = CourseUnit['materials'][number]

/** Others' materials that came or changed since I last looked, the latest first; all of them if I never did. */
export function newSince(units: readonly CourseUnit[], visited: string | null, me?: string): Material[] {
  return units
    .flatMap(({ materials }) => materials)
    .filter(({ author, updated }) => author.id !== me && (visited === null || updated > visited))
    .sort((a, b) => (a.updated < b.updated ? 1 : -1))
}
