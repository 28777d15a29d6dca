import { ROLES, type OpenedCourse } from '../course'
import type { CoursePeopleQuery, CourseRole } from '../documents'

/** Somebody who takes part in a course. */
export type Enrolled = CoursePeopleQuery['course']['people']['nodes'][number]

/** The roles that I may give and take in a course. */
export function rolesToGive({ viewerMay }: OpenedCourse): readonly CourseRole[] {
  if (viewerMay.giveAnyRole) return ROLES
  return viewerMay.enrol ? ['STUDENT', 'OBSERVER'] : []
}

/** Whether I may change how somebody takes part. A guardian's enrolment comes and goes with their children's. */
export function mayChange(course: OpenedCourse, { role, byChild }: Enrolled): boolean {
  return course.state !== 'ARCHIVED' && !byChild && rolesToGive(course).includes(role)
}

/** Whether I may take somebody out. The owner stays, until the course is handed over. */
export function mayWithdraw(course: OpenedCourse, person: Enrolled): boolean {
  return mayChange(course, person) && person.user.id !== course.owner.id
}
