/** What is done to several courses, and taken back. */
import { ref } from 'vue'
import { useI18n } from 'vue-i18n'

import { asRefusal, mutate, wordsOf } from '@/platform/graphql'
import { useNotices } from '@/platform/notices'

import { ArchiveCourses, RestoreCourses } from './documents'
import { parts } from './selection'

type Deed = 'archive' | 'restore'

/** `changed` hears which courses are not as they were; `undone`, that they are again. */
export function useCourseDeeds(changed: (ids: readonly string[]) => void, undone: () => unknown) {
  const { t } = useI18n()
  const notices = useNotices()
  const busy = ref<Deed>()
  const problem = ref('')

  const send: Record<Deed, (courseIds: string[]) => Promise<number>> = {
    archive: async (courseIds) => (await mutate(ArchiveCourses, { courseIds })).archiveCourses?.changed ?? 0,
    restore: async (courseIds) => (await mutate(RestoreCourses, { courseIds })).restoreCourses?.changed ?? 0,
  }

  /** Do it; `isUndoing` offers no way back again. */
  async function act(deed: Deed, ids: readonly string[], isUndoing = false): Promise<void> {
    busy.value = deed
    problem.value = ''
    let count = 0
    try {
      for (const some of parts(ids)) {
        count += await send[deed](some)
        changed(some)
      }
      const back = deed === 'archive' ? 'restore' : 'archive'
      const undo = { label: t('admin.undo'), run: () => void act(back, ids, true) }
      notices.say(t(`admin.courses.done.${deed}`, count), 'ok', isUndoing || !count ? undefined : undo)
      if (isUndoing) undone()
    } catch (refused) {
      problem.value = wordsOf(asRefusal(refused))
    }
    busy.value = undefined
  }

  return { busy, problem, act }
}
