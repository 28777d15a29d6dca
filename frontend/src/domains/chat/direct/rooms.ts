/** Direct rooms: in the lists they are called by the others in them. */
import { query } from '@/platform/graphql'
import { listed } from '@/platform/i18n/amounts'

import { byName, summaryOf, type RoomSummary } from '../roomList'
import { MyDirectRooms, type DirectRoomFragment, type MyDirectRoomsQuery } from './documents'

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

export function directSummaryOf(room: DirectRoomFragment, me: string): RoomSummary {
  const others = room.participants.filter(({ id }) => id !== me)
  // Who is alone in it is all there is to call it by.
  const people = (others.length ? others : [...room.participants]).sort(byName)
  return { ...summaryOf(room), name: listed(people.map(({ name }) => name)), people }
}
