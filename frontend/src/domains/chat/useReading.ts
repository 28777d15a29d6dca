import { useEventListener } from '@vueuse/core'
import { computed, onBeforeUnmount, ref, watch, type ComputedRef } from 'vue'

import { systemClock } from '@/platform/realtime'

import { useLive } from './live'
import { ReadMark } from './readMark'
import type { RoomSummary } from './roomList'
import { useChat } from './store'
import { position, type Timeline } from './timeline'

interface Reading {
  /** The index of the last message on the screen, and whether the screen keeps to the end. */
  seen: (index: number, isAtEnd: boolean) => void
  /** How many messages of others were written below what was ever on the screen. */
  newBelow: ComputedRef<number>
}

/** Moves the person's read mark along with what is on the screen. `back` is called when they look at the tab again. */
export function useReading(room: () => RoomSummary, timeline: () => Timeline, back: () => void): Reading {
  const chat = useChat()
  const live = useLive()
  const { id, readNumber } = room()
  const mark = new ReadMark(systemClock, (number) => live.read(id, number), readNumber)
  const seenTo = ref(timeline().messages.at(-1)?.number ?? 0)

  function seen(index: number, isAtEnd: boolean): void {
    keepWatch(isAtEnd && !document.hidden)
    const { messages, newerRemain, latest } = timeline()
    const number = messages[index]?.number
    if (number !== undefined) seenTo.value = Math.max(seenTo.value, number)
    const isLast = index === messages.length - 1 && !newerRemain
    // With the last message, what happened to earlier ones after it is read too.
    mark.onScreen(document.hidden || number === undefined ? null : isLast ? latest : number)
  }

  function leave(): void {
    keepWatch(false)
    mark.stop()
  }

  function keepWatch(isWatching: boolean): void {
    if (isWatching) chat.watched = id
    else if (chat.watched === id) chat.watched = null
  }

  const newBelow = computed(() => {
    const { messages } = timeline()
    const later = messages.slice(position(messages, seenTo.value + 1))
    return later.filter(({ user, removed }) => user.id !== chat.me?.id && !removed).length
  })

  watch(
    () => room().readNumber,
    (number) => mark.movedElsewhere(number),
  )
  useEventListener(document, 'visibilitychange', () => {
    if (document.hidden) leave()
    else back()
  })
  onBeforeUnmount(leave)

  return { seen, newBelow }
}
