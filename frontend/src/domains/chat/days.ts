const days = new Map<string, number>()

/** The day of a time (ISO 8601, UTC) where the reader is, as a number to compare. */
export function dayOf(time: string): number {
  // Within a quarter of an hour it is one day in every zone there is: few of them are worked out.
  const quarter = time.slice(0, 14) + String(Math.floor(Number(time.slice(14, 16)) / 15))
  let day = days.get(quarter)
  if (day === undefined) {
    const date = new Date(time)
    day = (date.getFullYear() * 12 + date.getMonth()) * 31 + date.getDate()
    days.set(quarter, day)
  }
  return day
}
