import { type Ref, onScopeDispose, shallowRef, watch } from 'vue'

import { useAuth } from '@/domains/auth'
import { client, mutate } from '@/platform/graphql'

import { VisitMaterials } from './documents'
import { newIn } from './news'
import type { Course } from './units'

const SEEN_AFTER = 2000 // milliseconds

/** What is new stays marked as long as one is here; that one was here is told once it was seen, or when one leaves. */
export function useNews(course: () => Course | undefined): Readonly<Ref<ReadonlySet<string>>> {
  const news = shallowRef<ReadonlySet<string>>(new Set())
  const auth = useAuth()
  let seenSoon: ReturnType<typeof setTimeout> | undefined
  let untold: string | undefined

  watch(
    () => course()?.id,
    () => {
      const now = course()
      if (!now) return
      news.value = newIn(now, auth.user?.id ?? '')
      if (!now.viewerEnrolment) return
      untold = now.id
      clearTimeout(seenSoon)
      seenSoon = setTimeout(tell, SEEN_AFTER)
    },
    { immediate: true },
  )

  function tell(): void {
    if (document.hidden) {
      document.addEventListener('visibilitychange', tell, { once: true })
      return
    }
    tellNow()
  }

  function tellNow(): void {
    clearTimeout(seenSoon)
    document.removeEventListener('visibilitychange', tell)
    if (!untold) return
    const courseId = untold
    untold = undefined
    // Otherwise what was new is new again next time.
    mutate(VisitMaterials, { courseId }).catch(() => undefined)
  }

  onScopeDispose(() => {
    tellNow()
    const left = course()
    if (left?.viewerEnrolment)
      client.cache.modify({
        id: client.cache.identify({ __typename: 'Course', id: left.id }) ?? '',
        fields: { newMaterials: () => 0 },
      })
  })

  return news
}
