import { expect, it } from 'vitest'

import { newIn } from './news'
import type { Course, Material } from './units'

const material = (id: string, updated: string, author: string): Material => ({
  ...{ id, updated, author: { id: author, name: author }, created: updated },
  ...{ kind: 'PAGE', title: id, body: '', address: '', file: null },
})
const course = (viewerEnrolment: Course['viewerEnrolment']): Course => ({
  ...{
    id: 'genetics',
    state: 'ACTIVE',
    newMaterials: 0,
    viewerMay: { changeMaterials: false },
    viewerEnrolment,
  },
  units: [
    {
      ...{ id: 'cells', title: 'Cells' },
      materials: [
        material('old', '2026-11-01T08:00:00+00:00', 'anna'),
        material('new', '2026-11-03T08:00:00.5+00:00', 'anna'),
        material('mine', '2026-11-03T08:00:00+00:00', 'ben'),
      ],
    },
  ],
})

it('marks what others wrote since the last visit', () => {
  const visited = '2026-11-02T08:00:00+00:00'
  expect([...newIn(course({ joined: '2026-10-01T08:00:00+00:00', visited }), 'ben')]).toEqual(['new'])
})

it('marks what came since one joined, for those who never looked', () => {
  expect([...newIn(course({ joined: '2026-10-01T08:00:00+00:00', visited: null }), 'ben')]).toEqual([
    'old',
    'new',
  ])
})

it('marks nothing for those who take no part', () => {
  expect(newIn(course(null), 'olga').size).toBe(0)
})
