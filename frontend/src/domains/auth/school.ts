/** What everybody may know of the school. */
import { useQuery } from '@vue/apollo-composable'
import { computed, type ComputedRef, type Ref, watchEffect } from 'vue'

import { setSchoolTitle } from '@/platform/title'

import { School, type SchoolQuery } from './documents'

interface KnownSchool {
  school: ComputedRef<SchoolQuery['school'] | undefined>
  loading: Ref<boolean>
  failed: ComputedRef<boolean>
  retry: () => void
}

/** The school's name and how people may register; asked once. */
export function useSchool(): KnownSchool {
  const { result, loading, error, refetch } = useQuery(School, {}, { fetchPolicy: 'cache-first' })
  const school = computed(() => result.value?.school)
  watchEffect(() => school.value && setSchoolTitle(school.value.name))
  return { school, loading, failed: computed(() => error.value !== null), retry: () => void refetch() }
}
