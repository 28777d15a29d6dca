import type { Course } from './units'

/** What came or changed since the person last looked, except their own. Nothing is new to who takes no part. */
export function newIn({ viewerEnrolment, units }: Course, me: string): ReadonlySet<string> {
  if (!viewerEnrolment) return new Set()
  const since = Date.parse(viewerEnrolment.visited ?? viewerEnrolment.joined)
  const all = units.flatMap(({ materials }) => materials)
  return new Set(
    all.filter(({ updated, author }) => author.id !== me && Date.parse(updated) > since).map(({ id }) => id),
  )
}
