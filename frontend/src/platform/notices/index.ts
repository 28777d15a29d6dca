/**
 * What the shell shows over every screen: notices (an effect elsewhere, an Undo; they go by themselves) and banners
 * (a state that lasts). Nothing important is only in a notice.
 */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'

type Tone = 'neutral' | 'ok' | 'bad'

export interface Notice {
  id: number
  text: string
  tone: Tone
  /** Milliseconds. */
  duration: number
  action?: { label: string; run: () => void }
}

export interface Banner {
  text: string
  tone?: 'neutral' | 'ok' | 'warn' | 'bad'
  action?: { label: string; run: () => void }
}

const READ = 5000
/** Long enough to be reached by keyboard. */
const DECIDE = 10_000

export const useNotices = defineStore('notices', () => {
  const notices = ref<Notice[]>([])
  const standing = ref(new Map<string, Banner>())
  let last = 0

  /** Say that something happened elsewhere. */
  function say(text: string, tone: Tone = 'neutral', action?: Notice['action']): void {
    const notice = { id: ++last, text, tone, duration: action ? DECIDE : READ, ...(action && { action }) }
    notices.value = [...notices.value.slice(-2), notice]
  }

  function dismiss(id: number): void {
    notices.value = notices.value.filter((notice) => notice.id !== id)
  }

  /** Show a banner, or replace the one of this name. */
  function raise(name: string, banner: Banner): void {
    standing.value.set(name, banner)
  }

  function lower(name: string): void {
    standing.value.delete(name)
  }

  /** The banners that stand, oldest first. */
  const banners = computed(() => [...standing.value].map(([name, banner]) => ({ name, ...banner })))

  return { notices, banners, say, dismiss, raise, lower }
})
