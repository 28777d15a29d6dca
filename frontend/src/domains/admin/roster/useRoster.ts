/** A roster on its way: chosen, looked at, imported as it was seen. */
import { ref, shallowRef } from 'vue'

import { asRefusal, mutate, wordsOf } from '@/platform/graphql'

import { ImportRoster, PreviewRoster, type RosterLookFragment } from '../documents'

export type Look = RosterLookFragment
type Stage = 'empty' | 'looking' | 'seen' | 'importing' | 'done'

export function useRoster(courseId: () => string | null) {
  const file = shallowRef<File>()
  const look = shallowRef<Look>()
  const stage = ref<Stage>('empty')
  const problem = ref('')
  /** How much of the file has gone, from 0 to 1. */
  const progress = ref(0)
  /** The school changed since: what was seen is no longer what would happen. */
  const isOutdated = ref(false)

  const context = { onProgress: (share: number) => void (progress.value = share) }

  async function choose(chosen: File): Promise<void> {
    file.value = chosen
    look.value = undefined
    await lookAgain()
  }

  async function lookAgain(): Promise<void> {
    if (!file.value) return
    begin('looking')
    try {
      const asked = { file: file.value, courseId: courseId() }
      look.value = (await mutate(PreviewRoster, asked, context)).previewRoster?.roster ?? undefined
      stage.value = 'seen'
      isOutdated.value = false
    } catch (refused) {
      fail(refused, 'empty')
    }
  }

  async function carryOut(withdrawMissing: boolean): Promise<void> {
    const { value: seen } = look
    if (!file.value || !seen) return
    begin('importing')
    try {
      const asked = { file: file.value, courseId: courseId(), fingerprint: seen.fingerprint, withdrawMissing }
      look.value = (await mutate(ImportRoster, asked, context)).importRoster?.roster ?? seen
      stage.value = 'done'
    } catch (refused) {
      isOutdated.value = asRefusal(refused).code === 'CONFLICT'
      fail(refused, 'seen')
    }
  }

  function begin(next: Stage): void {
    problem.value = ''
    progress.value = 0
    stage.value = next
  }

  function fail(refused: unknown, back: Stage): void {
    const refusal = asRefusal(refused)
    problem.value = refusal.errors.file?.join(' ') ?? wordsOf(refusal)
    stage.value = back
  }

  function startAnew(): void {
    file.value = look.value = undefined
    begin('empty')
  }

  return { file, look, stage, problem, progress, isOutdated, choose, lookAgain, carryOut, startAnew }
}
