import { watchDebounced } from '@vueuse/core'
import { computed } from 'vue'

import { useEnrolmentNews, useMyRooms } from '@/domains/chat'

const PAUSE = 200 // milliseconds

/**
 * Ask anew whenever I come into a course or am taken out of one, and when its rooms come, go or are over. After a lost
 * connection the rooms are compared, and what follows from the enrolments is seen by them.
 */
export function useCourseChanges(ask: () => Promise<unknown> | undefined): void {
  const news = useEnrolmentNews()
  const { rooms } = useMyRooms()
  const ofCourses = computed(() =>
    rooms.value
      .filter(({ course }) => course)
      .map(({ id, isArchived }) => `${id} ${isArchived}`)
      .sort()
      .join(),
  )
  watchDebounced([news, ofCourses], () => void ask()?.catch(() => undefined), { debounce: PAUSE })
}
