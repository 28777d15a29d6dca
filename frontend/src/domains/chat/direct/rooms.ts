/** Direct rooms, fetched and opened: in the lists they are called by the others in them. */
import { mutate, query } from '@/platform/graphql'
import { listed } from '@/platform/i18n/amounts'

import { useLive } from '../live'
import { byName, summaryOf, type RoomSummary } from '../roomList'
import { useChat } from '../store'
import { MyDirectRooms, OpenDirectRoom, type DirectRoomFragment, type MyDirectRoomsQuery } from './documents'

/** All of mine, also those in which nobody has said anything yet: whoever listens before the first word hears it. */
export async function fetchDirectRooms(me: string): Promise<RoomSummary[]> {
  const fetched: RoomSummary[] = []
  let after: string | null = null
  do {
    const { myDirectRooms }: MyDirectRoomsQuery = await query(MyDirectRooms, { after }, { fresh: true })
    fetched.push(...myDirectRooms.nodes.map((room) => directSummaryOf(room, me)))
    after = myDirectRooms.pageInfo.hasNextPage ? myDirectRooms.pageInfo.endCursor : null
  } while (after !== null)
  return fetched
}

/** The room between me and these people. Throws a Refusal that says why, where the school does not let us. */
export async function openDirectRoom(userIds: readonly string[]): Promise<RoomSummary> {
  const { openDirectRoom: opened } = await mutate(OpenDirectRoom, { userIds: [...userIds] })
  if (!opened?.room) throw new Error('The server opened no room.')
  const room = directSummaryOf(opened.room, useChat().me?.id ?? '')
  useLive().joined(room)
  return room
}

function directSummaryOf(room: DirectRoomFragment, me: string): RoomSummary {
  const others = room.participants.filter(({ id }) => id !== me)
  // Who is alone in it is all there is to call it by.
  const people = (others.length ? others : [...room.participants]).sort(byName)
  return { ...summaryOf(room), name: listed(people.map(({ name }) => name)), people }
}
