/** Dates and times as people say them, by `Intl`, in the locale now spoken and the reader's own time zone. */
import { currentLocale } from '.'

export type MomentStyle = 'time' | 'day' | 'date' | 'short' | 'full'

const styles: Record<Exclude<MomentStyle, 'day' | 'date' | 'short'>, Intl.DateTimeFormatOptions> = {
  time: { hour: '2-digit', minute: '2-digit' },
  full: { dateStyle: 'full', timeStyle: 'short' },
}
const formats = new Map<string, Intl.DateTimeFormat>()

/**
 * Say a moment: `time` 10:15; `day` Today, Yesterday, Monday 23 November; `date` the same without the first two; `short` the time today, the day
 * otherwise (for lists); `full` everything.
 */
export function formatMoment(moment: string | Date, style: MomentStyle, now = new Date()): string {
  const date = new Date(moment)
  if (Number.isNaN(date.getTime())) return ''
  if (style === 'day') return day(date, now)
  if (style === 'date') return fullDay(date, now)
  if (style === 'short')
    return daysBetween(date, now) === 0 ? formatMoment(date, 'time') : shortDay(date, now)
  return format(styles[style]).format(date)
}

/** A date without its time: 3 November 2025. */
export function formatDate(moment: string | Date): string {
  return format({ dateStyle: 'long' }).format(new Date(moment))
}

/** Whether two moments are on one day, where the reader is. */
export function isSameDay(one: string | Date, other: string | Date): boolean {
  return daysBetween(new Date(one), new Date(other)) === 0
}

function day(date: Date, now: Date): string {
  const days = daysBetween(date, now)
  if (Math.abs(days) <= 1) {
    const words = new Intl.RelativeTimeFormat(currentLocale(), { numeric: 'auto' }).format(days, 'day')
    return words.charAt(0).toLocaleUpperCase(currentLocale()) + words.slice(1)
  }
  return fullDay(date, now)
}

function fullDay(date: Date, now: Date): string {
  return format({ weekday: 'long', day: 'numeric', month: 'long', ...otherYear(date, now) }).format(date)
}

function shortDay(date: Date, now: Date): string {
  const days = daysBetween(date, now)
  if (days === -1) return day(date, now)
  if (days < 0 && days > -7) return format({ weekday: 'short' }).format(date)
  return format({ day: 'numeric', month: 'short', ...otherYear(date, now) }).format(date)
}

function otherYear(date: Date, now: Date): Intl.DateTimeFormatOptions {
  return date.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' }
}

/** How many midnights from `now` to `date`. */
function daysBetween(date: Date, now: Date): number {
  const midnight = (moment: Date): number =>
    Date.UTC(moment.getFullYear(), moment.getMonth(), moment.getDate())
  return Math.round((midnight(date) - midnight(now)) / 86_400_000)
}

function format(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const locale = currentLocale() === 'en' ? 'en-GB' : currentLocale()
  const key = locale + JSON.stringify(options)
  const known = formats.get(key) ?? new Intl.DateTimeFormat(locale, options)
  formats.set(key, known)
  return known
}
