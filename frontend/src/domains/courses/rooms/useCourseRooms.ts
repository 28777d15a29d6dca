import { computed, type ComputedRef } from 'vue'

import { useMyRooms } from '@/domains/chat'

import type { OpenedCourse } from '../course'

type Fetched = OpenedCourse['rooms'][number]

/** A course's room as it is now: what was fetched, with what was heard since. */
export interface CourseRoom extends Fetched {
  readonly hostUsername: string
  readonly unread: number
}

/** The rooms of a course that I am in, announcements first. */
export function useCourseRooms(course: () => OpenedCourse): ComputedRef<CourseRoom[]> {
  const { rooms, unreadIn } = useMyRooms()
  const heard = computed(() => new Map(rooms.value.map((room) => [room.id, room])))
  return computed(() =>
    course().rooms.map((fetched) => {
      const now = heard.value.get(fetched.id)
      const { name, description, lastNumber, lastActivity } = now ?? fetched
      return {
        ...{ ...fetched, name, description, lastNumber, lastActivity },
        hostUsername: fetched.host.username,
        unread: now ? unreadIn(now) : 0,
      }
    }),
  )
}
