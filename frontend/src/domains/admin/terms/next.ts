/** The term after another, as a proposal: as long as it, from the day after it. */

const DAY = 24 * 60 * 60 * 1000 // milliseconds

export interface Days {
  /** As 2026-09-01. */
  starts: string
  ends: string
}

export function following({ starts, ends }: Days): Days {
  const length = Date.parse(ends) - Date.parse(starts)
  const next = Date.parse(ends) + DAY
  return { starts: dayOf(next), ends: dayOf(next + length) }
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}
