import { mutate } from '@/platform/graphql'

import { useLive } from '../live'
import type { RoomSummary } from '../roomList'
import { useChat } from '../store'
import { OpenDirectRoom } from './documents'
import { directSummaryOf } from './rooms'

/** The room between me and these people. Throws a Refusal that says why, where the school does not let us. */
export async function openDirectRoom(userIds: readonly string[]): Promise<RoomSummary> {
  const { openDirectRoom: opened } = await mutate(OpenDirectRoom, { userIds: [...userIds] })
  if (!opened?.room) throw new Error('The server opened no room.')
  const room = directSummaryOf(opened.room, useChat().me?.id ?? '')
  useLive().joined(room)
  return room
}
