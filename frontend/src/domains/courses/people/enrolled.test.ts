import { expect, it } from 'vitest'

import type { OpenedCourse } from '../course'
import { mayChange, mayWithdraw, rolesToGive, type Enrolled } from './enrolled'

const course = (viewerMay: Partial<OpenedCourse['viewerMay']>, state = 'ACTIVE'): OpenedCourse =>
  ({ state, owner: { id: 'ada' }, viewerMay }) as OpenedCourse
const ben = { role: 'STUDENT', byChild: false, user: { id: 'ben' } } as Enrolled
const ada = { role: 'INSTRUCTOR', byChild: false, user: { id: 'ada' } } as Enrolled
const teacher = course({ enrol: true, giveAnyRole: true })
const assistant = course({ enrol: true })

it('lets teachers change everybody but the owner’s being there', () => {
  expect(mayWithdraw(teacher, ben)).toBe(true)
  expect(mayChange(teacher, ada)).toBe(true)
  expect(mayWithdraw(teacher, ada)).toBe(false)
})

it('lets assistants change students, and nobody with more', () => {
  expect(rolesToGive(assistant)).toEqual(['STUDENT', 'OBSERVER'])
  expect(mayChange(assistant, ben)).toBe(true)
  expect(mayChange(assistant, ada)).toBe(false)
})

it('changes nothing in a course that is over, nor what follows from a child', () => {
  expect(mayChange(course({ enrol: true, giveAnyRole: true }, 'ARCHIVED'), ben)).toBe(false)
  expect(mayChange(teacher, { ...ben, role: 'OBSERVER', byChild: true })).toBe(false)
  expect(mayChange(course({}), ben)).toBe(false)
})
