import type { RouteLocationRaw } from 'vue-router'

/** A room's lasting address; with a message's number, of that message. */
export function roomAddress(
  room: { hostUsername: string; slug: string },
  message?: number,
): RouteLocationRaw {
  return {
    name: 'room',
    params: { hostSlug: room.hostUsername, roomSlug: room.slug },
    query: message === undefined ? {} : { message },
  }
}
