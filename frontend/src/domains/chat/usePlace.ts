import { useResizeObserver } from '@vueuse/core'
import type { VirtualizerHandle } from 'virtua/vue'
import { nextTick, onMounted, ref, watch, type Ref } from 'vue'

import { useLive } from './live'
import type { Layout } from './rows'
import { position, type Timeline } from './timeline'

/** Fetch more when this little is left to scroll. */
const AHEAD = 800 // pixels
/** So near the end counts as at the end. */
const NEAR = 48 // pixels
/** Rows are measured in the first frame and corrected in the next. */
const SETTLED_AFTER = 3 // frames
/** A row that is far away has to be drawn before it can be gone to. */
const DRAWN_AFTER = 60 // frames

interface PlaceOptions {
  roomId: () => string
  timeline: () => Timeline
  drawn: () => Layout
  /** The number of the message to begin at; null: the newest, or the first that is new. */
  goTo: () => number | null
  /** Scrolls. */
  scroller: Readonly<Ref<HTMLElement | null>>
  /** Grows. */
  content: Readonly<Ref<HTMLElement | null>>
  list: Readonly<Ref<VirtualizerHandle | null>>
  /** Called with the index of the last message on the screen, whenever that may have changed. */
  seen: (index: number, isAtEnd: boolean) => void
}

interface Place {
  isSettled: Ref<boolean>
  /** More than a screen away from the newest. */
  isFarFromEnd: Ref<boolean>
  /** The number of the last message on the screen, once there is one. */
  lowest: Ref<number | null>
  failed: Ref<'older' | 'newer' | null>
  retry: () => void
  look: () => void
  toEnd: () => Promise<void>
  toMessage: (number: number, focus: boolean) => Promise<void>
}

/** Where one is in a room's messages: it keeps to the end while one is there, and to what one reads everywhere else. */
export function usePlace({
  roomId,
  timeline,
  drawn,
  goTo,
  scroller,
  content,
  list,
  seen,
}: PlaceOptions): Place {
  const live = useLive()
  const isSettled = ref(false)
  const isFarFromEnd = ref(false)
  const lowest = ref<number | null>(null)
  const failed = ref<'older' | 'newer' | null>(null)
  let isAtEnd = true
  let lastTop = 0
  /** Asked for, though the address names a message or something is new. */
  let wantsEnd = false

  function keepToEnd(): void {
    if (isAtEnd && scroller.value) scroller.value.scrollTop = scroller.value.scrollHeight
  }

  function look(): void {
    const element = scroller.value
    if (!element || !isSettled.value) return
    const { scrollTop, scrollHeight, clientHeight } = element
    const left = scrollHeight - scrollTop - clientHeight
    // Only a person scrolls up; what grows below while rows are measured must not let go of the end.
    if (left < NEAR) isAtEnd = true
    else if (scrollTop < lastTop) isAtEnd = false
    lastTop = scrollTop
    const { olderRemain, newerRemain, messages } = timeline()
    isFarFromEnd.value = left > clientHeight || newerRemain
    if (scrollTop < AHEAD && olderRemain) void more('older')
    if (left < AHEAD && newerRemain) void more('newer')
    const isLast = left < NEAR || !list.value
    const index = isLast ? messages.length - 1 : list.value.findItemIndex(scrollTop + clientHeight) - 1
    lowest.value = messages[Math.max(index, 0)]?.number ?? null
    seen(index, isAtEnd && !newerRemain)
  }

  async function more(where: 'older' | 'newer'): Promise<void> {
    if (failed.value === where) return
    try {
      await (where === 'older' ? live.loadOlder(roomId()) : live.loadNewer(roomId()))
    } catch {
      failed.value = where
    }
  }

  function retry(): void {
    const where = failed.value
    failed.value = null
    if (where) void more(where)
  }

  async function toEnd(): Promise<void> {
    isAtEnd = wantsEnd = true
    try {
      if (timeline().newerRemain) await live.loadNewest(roomId())
      await nextTick()
      keepToEnd()
    } catch {
      failed.value = 'newer'
    } finally {
      wantsEnd = false
    }
  }

  async function toMessage(number: number, focus: boolean): Promise<void> {
    const { messages } = timeline()
    const index = position(messages, number)
    if (messages[index]?.number !== number) return
    list.value?.scrollToIndex(index, { align: 'nearest' })
    if (!focus) return
    for (let frame = 0; frame < DRAWN_AFTER; frame++) {
      const element = scroller.value?.querySelector<HTMLElement>(`[data-number="${number}"]`)
      // Until it is measured it is hidden, and nothing hidden takes the focus.
      element?.focus({ preventScroll: true })
      if (element && document.activeElement === element) return
      await nextFrame()
    }
  }

  /** Show the place to begin at: a given message, the first that is new, or the newest. */
  async function begin(): Promise<void> {
    isSettled.value = false
    await nextTick()
    const { messages } = timeline()
    const { rows, newAbove } = drawn()
    const number = goTo()
    const given = number === null ? -1 : position(messages, number)
    const firstNew = newAbove ? 0 : rows.findIndex(({ newBelow }) => newBelow)
    const index = wantsEnd ? -1 : given === -1 ? firstNew : Math.min(given, messages.length - 1)
    isAtEnd = index === -1
    if (isAtEnd) keepToEnd()
    else list.value?.scrollToIndex(index, { align: given === -1 ? 'start' : 'center' })
    for (let frame = 0; frame < SETTLED_AFTER; frame++) await nextFrame()
    keepToEnd()
    isSettled.value = true
    lastTop = scroller.value?.scrollTop ?? 0
    look()
  }

  onMounted(begin)
  watch(() => timeline().beginning, begin)
  watch(goTo, (number) => {
    if (number !== null) void begin()
  })
  useResizeObserver(content, keepToEnd)
  useResizeObserver(scroller, keepToEnd)

  return { isSettled, isFarFromEnd, lowest, failed, retry, look, toEnd, toMessage }
}

function nextFrame(): Promise<unknown> {
  return new Promise(requestAnimationFrame)
}
