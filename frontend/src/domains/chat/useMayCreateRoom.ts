import { useQuery } from '@vue/apollo-composable'
import { computed, type ComputedRef } from 'vue'

import { MayCreateRoom } from './documents'

/** Whether to offer making a room. The server decides again. */
export function useMayCreateRoom(): ComputedRef<boolean> {
  const { result } = useQuery(MayCreateRoom, {}, { fetchPolicy: 'cache-first' })
  return computed(() => result.value?.viewerMayCreateRoom ?? false)
}
