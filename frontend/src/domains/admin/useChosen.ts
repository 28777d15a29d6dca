/** Rows of a list that somebody chose, to do something with all of them. */
import { computed, type ComputedRef, type ShallowRef, shallowRef, watch } from 'vue'

import { kept, shareOf, toggled } from './selection'

export interface Chosen {
  ids: ShallowRef<ReadonlySet<string>>
  share: ComputedRef<'none' | 'some' | 'all'>
  /** Choose a row, or let it go; with Shift, all rows from the last one as well. */
  choose: (id: string, isRange: boolean) => void
  /** All that are shown, or, where they are, none. */
  chooseAll: () => void
  chooseNone: () => void
}

/** `shown` are those of the list that can be chosen. What leaves the list is let go. */
export function useChosen(shown: () => readonly string[]): Chosen {
  const ids = shallowRef<ReadonlySet<string>>(new Set())
  const share = computed(() => shareOf(ids.value, shown()))
  let last: string | undefined
  watch(shown, (now) => (ids.value = kept(ids.value, now)))

  function choose(id: string, isRange: boolean): void {
    ids.value = toggled(ids.value, shown(), id, isRange ? last : undefined)
    last = id
  }

  return {
    ids,
    share,
    choose,
    chooseAll: () => (ids.value = new Set(share.value === 'all' ? [] : shown())),
    chooseNone: () => (ids.value = new Set()),
  }
}
