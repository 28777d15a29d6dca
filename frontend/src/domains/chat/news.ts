/**
 * What others change while a screen shows it: the people of a room by its id, who waits before a course by its id, and
 * these. Each has a number in the store that grows.
 */

/** Who may write to whom. */
export const DIRECT_RULES = 'direct rules'
/** The invitations into courses that wait for me. */
export const INVITATIONS = 'invitations'
/** Something may have been changed while the connection was lost. */
export const UNHEARD = ''

/** What I am in a room, and so what I may do there. */
export function myPlaceIn(roomId: string): string {
  return `my place in ${roomId}`
}
