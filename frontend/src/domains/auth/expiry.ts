/** When a sign-in must be renewed, and when it is over. Times are milliseconds since 1970, by this browser's clock. */

const SECONDS = 1000
/** Renew so long before the access token ends. */
const AHEAD = 60 * SECONDS
const ON_THE_WAY = 5 * SECONDS
/** Never renew more often, whatever the clocks say. */
const AT_LEAST = 30 * SECONDS
/** The tabs of one person, and the people of one school, do not all renew at once. */
const SPREAD = 10 * SECONDS

/** When an access token ends. Its age is what counts: a browser's clock may be an hour wrong. */
export function accessEnds(payload: unknown, now: number): number {
  const { exp, iat } = (payload ?? {}) as Record<string, unknown>
  if (typeof exp !== 'number') return now
  return typeof iat === 'number' ? now + (exp - iat) * SECONDS : exp * SECONDS
}

/** How long to wait before the next renewal. */
export function renewalDelay(ends: number, now: number, random: () => number = Math.random): number {
  return Math.max(AT_LEAST, ends - now - AHEAD - random() * SPREAD)
}

/** Whether the access token is over, or will be before a request has arrived. */
export function hasRunOut(ends: number, now: number): boolean {
  return ends - now < ON_THE_WAY
}

/** Whether the access token ends so soon that it should be renewed before it is used. */
export function isStale(ends: number, now: number): boolean {
  return ends - now < AHEAD
}
