import { onScopeDispose, watch, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'

import { announce } from '@/design/announcer'

import { useChat } from './store'
import type { Message } from './timeline'

/** What is written in this time is read out together. */
const BREATH = 1000 // milliseconds
const LONGEST = 200 // characters

/**
 * Read out what others write in the room that is open. A region that holds the virtual list would read while one
 * scrolls; this one says each message once.
 */
export function useAnnouncedMessages(roomId: Ref<string | null>): void {
  const { t } = useI18n()
  const chat = useChat()
  let waiting: string[] = []
  let timer: ReturnType<typeof setTimeout> | undefined

  function say(): void {
    timer = undefined
    const [only] = waiting
    announce(waiting.length === 1 && only ? only : t('chat.timeline.newMessages', waiting.length))
    waiting = []
  }

  function wordsOf({ body, files }: Message): string {
    const names = files.map(({ name }) => name).join(', ')
    return [body.slice(0, LONGEST), names && t('files.said', { n: files.length, names }, files.length)]
      .filter(Boolean)
      .join(' ')
  }

  watch(
    () => (roomId.value === null ? undefined : chat.timelines.get(roomId.value)),
    (now, before) => {
      if (!before || now?.beginning !== before.beginning || now.newerRemain) return
      const last = before.messages.at(-1)?.number ?? 0
      for (let index = now.messages.length - 1; index >= 0; index--) {
        const message = now.messages[index]
        if (!message || message.number <= last) break
        if (message.user.id === chat.me?.id || message.removed) continue
        waiting.unshift(t('chat.timeline.said', { name: message.user.name, words: wordsOf(message) }))
      }
      if (waiting.length > 0) timer ??= setTimeout(say, BREATH)
    },
  )
  watch(roomId, () => (waiting = []))
  onScopeDispose(() => clearTimeout(timer))
}
