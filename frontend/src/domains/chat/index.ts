/** What others may use of the chat. */
import { storeToRefs } from 'pinia'
import { type Ref, watch } from 'vue'

import { useAuth } from '@/domains/auth'
import { openRealtime } from '@/platform/realtime'

import { showConnection, showOutdated } from './connectionBanner'
import { finishForgetting } from './forgetting'
import { Live, live } from './live'
import type { RoomSummary } from './roomList'
import { useChat } from './store'

export { roomAddress } from './address'
export { copy } from './clipboard'

/** My rooms, last activity first, and how many messages of others wait in them. */
export function useMyRooms(): { rooms: Ref<readonly RoomSummary[]>; unread: Ref<number> } {
  const { roomsByActivity: rooms, unread } = storeToRefs(useChat())
  return { rooms, unread }
}

/**
 * Begin to listen: called once by the app's boot, after `auth.initialize()` and before the mount.
 * The socket follows the sign-in: it is there while somebody is signed in.
 */
export function startChat(): void {
  const auth = useAuth()
  const realtime = openRealtime({ hasRunOut: () => auth.hasRunOut(), renew: () => auth.renew() })
  let last: Live | null = null
  void finishForgetting()
  showConnection(realtime)
  watch(
    () => auth.user?.id,
    () => {
      last?.end()
      const user = auth.user
      live.value = user && new Live(user, realtime, (why) => auth.end(why), showOutdated)
      last = live.value ?? last
    },
    { immediate: true, flush: 'sync' },
  )
  // Whoever signs out leaves nothing on a computer that others use; a sign-in that merely ran out keeps what waits.
  auth.onEnd((why) => {
    if (why === 'signed_out') last?.forgetKept()
  })
}
