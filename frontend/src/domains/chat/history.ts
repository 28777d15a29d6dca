import { asRefusal, client } from '@/platform/graphql'

import { RoomHistory, type RoomHistoryQueryVariables } from './documents'
import type { Page } from './timeline'

/** How many messages are fetched at once. */
export const PAGE = 50

type Cut = Omit<RoomHistoryQueryVariables, 'roomId'>

export function newestPage(roomId: string): Promise<Page> {
  return fetchPage(roomId, { last: PAGE })
}

export function pageBefore(roomId: string, number: number): Promise<Page> {
  return fetchPage(roomId, { last: PAGE, before: number })
}

export function pageAfter(roomId: string, number: number): Promise<Page> {
  return fetchPage(roomId, { first: PAGE, after: number })
}

/** The message with this number, with some before and some after it. */
export async function pageAround(roomId: string, number: number): Promise<Page> {
  const [before, after] = await Promise.all([
    fetchPage(roomId, { last: PAGE / 2, before: number }),
    fetchPage(roomId, { first: PAGE / 2, after: number - 1 }),
  ])
  return {
    nodes: [...before.nodes, ...after.nodes],
    hasOlder: before.hasOlder,
    hasNewer: after.hasNewer,
    // What the two know of lies apart by what happened in between: the lesser is what both know.
    lastNumber: Math.min(before.lastNumber, after.lastNumber),
  }
}

/** Past Apollo's cache: ten thousand messages have no place in it. */
async function fetchPage(roomId: string, cut: Cut): Promise<Page> {
  try {
    const { data } = await client.query({
      query: RoomHistory,
      variables: { roomId, ...cut },
      fetchPolicy: 'no-cache',
    })
    const { nodes, pageInfo, lastNumber } = data.roomHistory
    return { nodes, hasOlder: pageInfo.hasPreviousPage, hasNewer: pageInfo.hasNextPage, lastNumber }
  } catch (error) {
    throw asRefusal(error)
  }
}
