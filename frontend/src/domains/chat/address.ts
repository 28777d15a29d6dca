import type { RouteLocationRaw } from 'vue-router'

import type { RoomSummary } from './roomList'

/** By its host and name; a direct room by its id. */
type Address = Pick<RoomSummary, 'hostUsername' | 'slug'> & Partial<Pick<RoomSummary, 'id' | 'kind'>>

/** A room's lasting address; with a message's number, of that message. */
export function roomAddress({ id, kind, hostUsername, slug }: Address, message?: number): RouteLocationRaw {
  const query = message === undefined ? {} : { message }
  return kind === 'DIRECT' && id
    ? { name: 'direct', params: { id }, query }
    : { name: 'room', params: { hostSlug: hostUsername, roomSlug: slug }, query }
}
