/** What others may use of the chat. */
import { storeToRefs } from 'pinia'
import { computed, type Ref, watch } from 'vue'

import { useAuth } from '@/domains/auth'
import { openRealtime } from '@/platform/realtime'

import { showConnection, showOutdated } from './connectionBanner'
import { withDirectWords } from './direct/words'
import { finishForgetting } from './forgetting'
import { Live, live } from './live'
import { INVITATIONS, UNHEARD } from './news'
import type { RoomSummary } from './roomList'
import { useChat } from './store'

export { roomAddress } from './address'
export { copy } from './clipboard'
export { courseName, type RoomSummary } from './roomList'

/** My rooms beside a screen: for a route's `components.list`. */
export const loadRoomList = () => import('./ui/RoomList.vue')

/** What draws the words of a message. */
export async function loadMessageBody(): Promise<typeof import('./MessageBody').MessageBody> {
  const { loadMarkdown, MessageBody } = await import('./MessageBody')
  await loadMarkdown()
  return MessageBody
}

/** Courses that I came into or was taken out of while I was here. */
export function useEnrolmentNews(): Ref<ReadonlyMap<string, 'joined' | 'left'>> {
  return storeToRefs(useChat()).enrolments
}

/** Ask anew whenever others changed what is shown: who waits before a course, by its id; after a lost connection too. */
export function useNews(what: () => string, ask: () => unknown): void {
  const chat = useChat()
  watch([() => chat.news.get(what()), () => chat.news.get(UNHEARD)], ask)
}

/** Grows whenever the invitations that wait for me are not as they were. */
export function useInvitationNews(): Ref<number | undefined> {
  const chat = useChat()
  return computed(() => chat.news.get(INVITATIONS))
}

/** Fetch what draws words in Markdown and files, as messages have them. */
export const loadDrawing = (): Promise<typeof import('./drawing')> => import('./drawing')

/** Begins to write to a person; says why where the school does not let one. */
export const WriteTo = withDirectWords(() => import('./direct/ui/WriteTo.vue'))
/** Who may write to whom in this school: a section of the settings. */
export const DirectRules = withDirectWords(() => import('./direct/ui/DirectRules.vue'))

/** My rooms, last activity first, and how many messages of others wait in them. */
export function useMyRooms(): {
  rooms: Ref<readonly RoomSummary[]>
  unread: Ref<number>
  /** How many wait in one of them that is not being read. */
  unreadIn: (room: RoomSummary) => number
} {
  const chat = useChat()
  const { roomsByActivity: rooms, unread } = storeToRefs(chat)
  return { rooms, unread, unreadIn: chat.unreadIn }
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
