import { computed, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'

import type { Outgoing } from './outbox'
import type { RoomSummary } from './roomList'
import { joinsGroup, layout, type Layout, type Row, type Visit } from './rows'
import { useChat } from './store'
import { position, type Timeline } from './timeline'

/** Sent rows join the list by their client id; only the newest can be meant. */
const JUST_NOW = 200 // messages

interface Rows {
  drawn: ComputedRef<Layout>
  /** For virtua: it keeps its place from the end instead of the start in the moment in which older rows arrive. */
  listed: ShallowRef<{ all: Row[]; areOlderNew: boolean }>
  /** What I said and the room does not have yet. */
  outgoing: ComputedRef<readonly Outgoing[]>
  startsGroup: (outgoingIndex: number) => boolean
  /** When the last message was written that had been read before this visit. */
  readTo: ComputedRef<string | null>
  /** Coming back is another visit, if there is something new. */
  visitAgain: () => void
  me: Ref<string>
}

/** What is drawn in a room. */
export function useRows(room: () => RoomSummary, timeline: () => Timeline): Rows {
  const chat = useChat()
  const me = computed(() => chat.me?.id ?? '')
  const visit = shallowRef(visitNow())

  function visitNow(): Visit {
    const { unread, readNumber } = room()
    return { readTo: unread > 0 ? readNumber : null, me: me.value }
  }

  const drawn = computed(() => layout(timeline(), visit.value))
  const listed = shallowRef({ all: [...drawn.value.rows], areOlderNew: false })
  watch(drawn, ({ rows }) => {
    const first = listed.value.all[0]?.message.number ?? 0
    listed.value = { all: [...rows], areOlderNew: (rows[0]?.message.number ?? 0) < first }
  })

  const arrived = computed(
    () =>
      new Set(
        timeline()
          .messages.slice(-JUST_NOW)
          .map(({ clientId }) => clientId),
      ),
  )
  const outgoing = computed(() =>
    chat.outgoing.filter(({ roomId, clientId }) => roomId === room().id && !arrived.value.has(clientId)),
  )

  function startsGroup(index: number): boolean {
    const row = outgoing.value[index]
    const before = outgoing.value[index - 1]
    // While rows are on their way they are written one after the other, by one person.
    return before === undefined && !joinsGroup(timeline().messages.at(-1), me.value, row?.written ?? '')
  }

  const readTo = computed(() => {
    const { messages } = timeline()
    return messages[position(messages, (visit.value.readTo ?? 0) + 1) - 1]?.created ?? null
  })

  function visitAgain(): void {
    if (room().unread > 0) visit.value = visitNow()
  }

  return { drawn, listed, outgoing, startsGroup, readTo, visitAgain, me }
}
