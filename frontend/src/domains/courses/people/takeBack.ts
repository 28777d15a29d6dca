import { asRefusal, mutate, wordsOf } from '@/platform/graphql'
import { i18n } from '@/platform/i18n'
import { useNotices } from '@/platform/notices'

import type { OpenedCourse } from '../course'
import { Enrol } from '../documents'
import type { Enrolled } from './enrolled'

/** Let somebody who was taken out take part again, as what they were. */
export async function takeBack(course: OpenedCourse, { user, role, section }: Enrolled): Promise<void> {
  const { t } = i18n.global
  try {
    await mutate(Enrol, { courseId: course.id, userIds: [user.id], role, sectionId: section?.id ?? null })
    useNotices().say(t('courses.people.isBack', { name: user.name, title: course.title }), 'ok')
  } catch (refused) {
    useNotices().say(wordsOf(asRefusal(refused)), 'bad')
  }
}
