/** How long to stay away after a connection was lost. All in milliseconds. */

const SECONDS = 1000
const FIRST = 0.5 * SECONDS
const LONGEST = 30 * SECONDS
const SPREAD_AFTER_RESTART = 15 * SECONDS

export type Random = () => number

/**
 * Wait before try number `attempt` (from 0): anything between nothing and 0.5 s × 2ⁿ, at most 30 s.
 *
 * "Full jitter": a whole school that lost the same server must not return in one wave.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backOff(attempt: number, random: Random): number {
  return random() * Math.min(LONGEST, FIRST * 2 ** attempt)
}

/** Wait after the server said that everybody else is coming back too. */
export function spread(random: Random): number {
  return random() * SPREAD_AFTER_RESTART
}
