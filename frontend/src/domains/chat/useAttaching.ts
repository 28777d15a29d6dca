import { useEventListener } from '@vueuse/core'
import { computed, ref, type ComputedRef, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'

import { announce } from '@/design/announcer'
import { useSchool } from '@/domains/auth'
import { formatBytes } from '@/platform/i18n/amounts'

import { choose } from './files/choice'
import { filesIn } from './files/pasted'
import type { Upload } from './files/uploads'
import { useLive } from './live'
import { useChat } from './store'

interface Attaching {
  /** What the next message takes along. */
  tray: ComputedRef<readonly Upload[]>
  /** Nobody sends their homework without the homework. */
  isBlocked: ComputedRef<boolean>
  /** Why something that was chosen cannot be sent, in words. */
  refusals: Ref<readonly string[]>
  attach: (files: readonly File[]) => Promise<void>
}

/** Files for the next message in a room: chosen, or pasted wherever in the page one is. */
export function useAttaching(roomId: () => string): Attaching {
  const { t } = useI18n()
  const chat = useChat()
  const live = useLive()
  const { school } = useSchool()
  const refusals = ref<readonly string[]>([])

  const tray = computed(() =>
    [...chat.uploads.values()].filter((upload) => upload.roomId === roomId() && !upload.isInMessage),
  )
  const isBlocked = computed(() => tray.value.some(({ standing }) => standing === 'failed'))

  async function attach(files: readonly File[]): Promise<void> {
    const { taken, refused, leftOut } = await choose(files, school.value, () => tray.value.length)
    const { fileLimit = 0, filesPerMessage = 0 } = school.value ?? {}
    const most = formatBytes(fileLimit)
    const n = leftOut.length
    refusals.value = [
      ...refused.map(({ file: { name }, why }) => t(`files.refused.${why}`, { name, most })),
      ...(n ? [t('files.refused.tooMany', { n, most: filesPerMessage }, n)] : []),
    ]
    try {
      for (const file of taken) await live.attach(roomId(), file)
      if (taken.length) announce(t('files.added', taken.length))
    } catch {
      // What sends files could not be fetched; the app says so of every part of the page.
    }
  }

  useEventListener(document, 'paste', (event) => {
    const files = filesIn(event.clipboardData, t)
    if (isOtherField(event.target) || files.length === 0) return
    event.preventDefault()
    void attach(files)
  })

  return { tray, isBlocked, refusals, attach }
}

/** Words are written there that are no message. */
function isOtherField(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.matches('input, textarea') &&
    target.closest('[data-attaches]') === null
  )
}
