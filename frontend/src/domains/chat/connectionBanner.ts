import { watch } from 'vue'

import { i18n } from '@/platform/i18n'
import { useNotices } from '@/platform/notices'
import type { ConnectionState, Realtime } from '@/platform/realtime'

const BANNER = 'connection'
/** Most losses are over before anybody needs to know. */
const PATIENCE = 2000 // milliseconds

/** Say above every screen how the connection is, while it is not well. */
export function showConnection(realtime: Realtime): void {
  const notices = useNotices()
  const { t, locale } = i18n.global
  let timer: ReturnType<typeof setTimeout> | undefined
  let shown: ConnectionState | null = null

  function show(state: ConnectionState): void {
    shown = state
    const action = { label: t('chat.connection.reconnect'), run: () => realtime.start() }
    if (state === 'offline') notices.raise(BANNER, { text: t('chat.connection.offline'), tone: 'warn' })
    else if (state === 'stopped')
      notices.raise(BANNER, { text: t('chat.connection.stopped'), tone: 'warn', action })
    else if (state === 'reconnecting')
      notices.raise(BANNER, { text: t('chat.connection.reconnecting'), tone: 'neutral' })
    else notices.lower(BANNER)
  }

  realtime.onState((state) => {
    clearTimeout(timer)
    // What already stands is replaced at once, what does not is awaited.
    const isPatient = state === 'reconnecting' && (shown === 'live' || shown === null)
    if (isPatient) timer = setTimeout(() => show(state), PATIENCE)
    else show(state)
  })
  watch(locale, () => shown && show(shown))
}

/** The server speaks a language that this page does not know yet. */
export function showOutdated(): void {
  const { t } = i18n.global
  const action = { label: t('chat.connection.reload'), run: () => location.reload() }
  useNotices().raise('outdated', { text: t('chat.connection.outdated'), tone: 'neutral', action })
}
