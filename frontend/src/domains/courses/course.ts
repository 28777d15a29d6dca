/** What a course is to its screens. */
import type { RouteLocationRaw } from 'vue-router'

import type { CourseBySlugQuery, CourseCardFragment, CourseColour, CourseRole } from './documents'

/** A course that one looks at, with all its tabs need. */
export type OpenedCourse = CourseBySlugQuery['course']

/** As lists of people and of courses have them. */
export const ROLES: readonly CourseRole[] = ['INSTRUCTOR', 'ASSISTANT', 'STUDENT', 'OBSERVER']

/** Of the marks; each passes contrast (design/tint.ts). null is grey. */
export const HUES: Record<CourseColour, number | null> = {
  BLUE: 265,
  GREEN: 152,
  TEAL: 210,
  AMBER: 70,
  RED: 12,
  PINK: 330,
  VIOLET: 295,
  GREY: null,
}

export const COLOURS = Object.keys(HUES) as CourseColour[]

export function courseAddress({ slug }: { slug: string }): RouteLocationRaw {
  return { name: 'course', params: { slug } }
}

export interface CoursesOfRole {
  readonly role: CourseRole
  readonly courses: readonly CourseCardFragment[]
}

/** My courses by what I am in them: what I teach first. */
export function byRole(courses: readonly CourseCardFragment[]): CoursesOfRole[] {
  return ROLES.map((role) => ({
    role,
    courses: courses.filter(({ viewerEnrolment }) => viewerEnrolment?.role === role),
  })).filter(({ courses }) => courses.length > 0)
}
