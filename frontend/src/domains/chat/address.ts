import type { RouteLocationRaw } from 'vue-router'

import type { RoomSummary } from './roomList'

/** A room's lasting address; with a message's number, of that message. */
export function roomAddress(
  { id, kind, hostUsername, slug }: Pick<RoomSummary, 'id' | 'kind' | 'hostUsername' | 'slug'>,
  message?: number,
): RouteLocationRaw {
  const query = message === undefined ? {} : { message }
  return kind === 'DIRECT'
    ? { name: 'direct', params: { id }, query }
    : { name: 'room', params: { hostSlug: hostUsername, roomSlug: slug }, query }
}
