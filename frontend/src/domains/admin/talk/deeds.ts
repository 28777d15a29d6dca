/** What is done to messages, and taken back. */
import { ref, shallowRef } from 'vue'
import { useI18n } from 'vue-i18n'

import { asRefusal, mutate, wordsOf } from '@/platform/graphql'
import { useNotices } from '@/platform/notices'

import { parts } from '../selection'
import {
  type FoundRowFragment,
  ReadRemovedMessages,
  type ReadRemovedMessagesMutation,
  RemoveMessages,
  RestoreMessages,
} from './documents'

export type Found = FoundRowFragment
export type Words = NonNullable<ReadRemovedMessagesMutation['readRemovedMessages']>['words'][number]

type Deed = 'remove' | 'restore'

const removable = ({ removed }: Found): boolean => !removed
const restorable = ({ removed, takenBack }: Found): boolean => Boolean(removed) && !takenBack

/** Of these messages, those with which it can be done. */
export function concerned(deed: Deed, messages: readonly Found[]): string[] {
  return messages.filter(deed === 'remove' ? removable : restorable).map(({ message }) => message.id)
}

/** `changed` hears how the messages are then, so that what is on the screen follows. */
export function useMessageDeeds(changed: (messages: readonly Found[]) => void) {
  const { t } = useI18n()
  const notices = useNotices()
  const busy = ref<Deed | 'read'>()
  const problem = ref('')
  /** Of removed messages, those that were read. */
  const words = shallowRef<ReadonlyMap<string, Words>>(new Map())

  const send: Record<Deed, (messageIds: string[]) => Promise<Found[]>> = {
    remove: async (messageIds) =>
      (await mutate(RemoveMessages, { messageIds })).removeMessages?.messages ?? [],
    restore: async (messageIds) =>
      (await mutate(RestoreMessages, { messageIds })).restoreMessages?.messages ?? [],
  }

  async function doing(what: Deed | 'read', deed: () => Promise<void>): Promise<void> {
    busy.value = what
    problem.value = ''
    try {
      await deed()
    } catch (refused) {
      problem.value = wordsOf(asRefusal(refused))
    }
    busy.value = undefined
  }

  /** Do it; `isUndoing` offers no way back again. */
  function act(deed: Deed, ids: readonly string[], isUndoing = false): Promise<void> {
    return doing(deed, async () => {
      for (const some of parts(ids)) changed(await send[deed](some))
      const back = deed === 'remove' ? 'restore' : 'remove'
      const undo = { label: t('admin.undo'), run: () => void act(back, ids, true) }
      notices.say(t(`talk.messages.done.${deed}`, ids.length), 'ok', isUndoing ? undefined : undo)
    })
  }

  function read(id: string): Promise<void> {
    return doing('read', async () => {
      const { readRemovedMessages } = await mutate(ReadRemovedMessages, { messageIds: [id] })
      const read = (readRemovedMessages?.words ?? []).map((one) => [one.id, one] as const)
      words.value = new Map([...words.value, ...read])
    })
  }

  return { busy, problem, words, act, read }
}
