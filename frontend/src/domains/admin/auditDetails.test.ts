import { expect, it } from 'vitest'

import { detailsOf } from './auditDetails'

it('says what was before and what is now', () => {
  expect(detailsOf('account.changed', { role: ['STUDENT', 'TEACHER'], name: ['Ben', 'Benjamin'] })).toEqual([
    { name: 'role', before: 'STUDENT', now: 'TEACHER' },
    { name: 'name', before: 'Ben', now: 'Benjamin' },
  ])
  expect(
    detailsOf('course.changed', { before: { title: 'A', code: 'X' }, after: { title: 'B', code: 'X' } }),
  ).toEqual([{ name: 'title', before: 'A', now: 'B' }])
  expect(detailsOf('enrolment.changed', { person: 'ben', before: 'STUDENT', after: 'ASSISTANT' })).toEqual([
    { name: 'role', before: 'STUDENT', now: 'ASSISTANT' },
    { name: 'person', now: 'ben' },
  ])
})

it('lists what is several, and leaves out what says nothing', () => {
  const details = { new: 2, courses: ['BIO-7B', 'CHE-8A'], plan: 'f00', uses: null }
  expect(detailsOf('roster.imported', details)).toEqual([
    { name: 'new', now: '2' },
    { name: 'courses', now: 'BIO-7B, CHE-8A' },
  ])
})

it('makes nothing of what is no record', () => {
  expect(detailsOf('course.opened', {})).toEqual([])
  expect(detailsOf('course.opened', 'x')).toEqual([])
})
