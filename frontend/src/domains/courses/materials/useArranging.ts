import { useEventListener } from '@vueuse/core'
import { computed, type ComputedRef, ref, type Ref, shallowRef } from 'vue'

import { asRefusal, mutate, wordsOf } from '@/platform/graphql'

import { MoveMaterial, MoveUnit } from './documents'
import { changes, type Move, withMove } from './order'
import type { Material, Unit } from './units'

interface Arranging {
  /** As the person has arranged them, the server's answer or not. */
  shown: ComputedRef<readonly Unit[]>
  /** Why something could not be moved, in words; what is shown then is the list as it is now. */
  problem: Ref<string>
  /** Whether the server has not been told of everything yet. */
  isSaving: ComputedRef<boolean>
  move: (move: Move) => boolean
}

/** Arranging what stands at once where it was put; the server is told in the same order, one after the other. */
export function useArranging(units: () => readonly Unit[], refresh: () => Promise<unknown>): Arranging {
  const moves = shallowRef<readonly Move[]>([])
  const problem = ref('')
  let told = Promise.resolve()
  const shown = computed(() => moves.value.reduce<readonly Unit[]>(arranged, units()))

  const isSaving = computed(() => moves.value.length > 0)
  useEventListener(window, 'beforeunload', (event) => isSaving.value && event.preventDefault())

  function move(wanted: Move): boolean {
    if (!changes(shown.value, wanted)) return false
    problem.value = ''
    moves.value = [...moves.value, wanted]
    told = told.then(() => tell(wanted))
    return true
  }

  async function tell(wanted: Move): Promise<void> {
    // One that failed took those with it that were made after it.
    if (!moves.value.includes(wanted)) return
    try {
      await (wanted.kind === 'unit'
        ? mutate(MoveUnit, { unitId: wanted.id, place: wanted.place })
        : mutate(MoveMaterial, { materialId: wanted.id, unitId: wanted.unitId, place: wanted.place }))
      if (moves.value.at(-1) !== wanted) return
    } catch (refused) {
      problem.value = wordsOf(asRefusal(refused))
    }
    const done = moves.value
    await refresh().catch(() => undefined)
    moves.value = moves.value.filter((one) => !done.includes(one))
  }

  return { shown, problem, isSaving, move }
}

function arranged(units: readonly Unit[], move: Move): readonly Unit[] {
  return withMove<Material, Unit>(units, move)
}
