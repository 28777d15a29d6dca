import { expect, it } from 'vitest'

import { byRole } from './course'
import type { CourseCardFragment, CourseRole } from './documents'
import { newSince, type CourseUnit } from './materials/newSince'

it('shows what I teach before what I learn, and no empty groups', () => {
  const course = (title: string, role: CourseRole): CourseCardFragment =>
    ({ title, viewerEnrolment: { role, visited: null } }) as CourseCardFragment
  const groups = byRole([
    course('Algebra', 'STUDENT'),
    course('Botany', 'INSTRUCTOR'),
    course('Choir', 'STUDENT'),
  ])
  expect(groups.map(({ role, courses }) => [role, ...courses.map(({ title }) => title)])).toEqual([
    ['INSTRUCTOR', 'Botany'],
    ['STUDENT', 'Algebra', 'Choir'],
  ])
})

it('calls new what others changed since I last looked, the latest first', () => {
  const units = [
    { materials: [material('old', '08:00'), material('mine', '11:00', 'ada')] },
    { materials: [material('new', '10:00'), material('newest', '12:00')] },
  ] as CourseUnit[]
  const ids = (visited: string | null): string[] => newSince(units, visited, 'ada').map(({ id }) => id)
  expect(ids('2026-11-23T09:00:00Z')).toEqual(['newest', 'new'])
  expect(ids(null)).toEqual(['newest', 'new', 'old'])
})

function material(id: string, time: string, author = 'grace'): Partial<CourseUnit['materials'][number]> {
  return { id, updated: `2026-11-23T${time}:00Z`, author: { id: author } }
}
