/** What an entry of the audit record says beside who, what and when; in lines that can be read. */

export interface Detail {
  name: string
  /** Undefined where nothing else was before. */
  before?: string
  now: string
}

type Details = Record<string, unknown>

/** What only the server compares. */
const UNREADABLE = ['plan']

export function detailsOf(act: string, details: unknown): Detail[] {
  if (!isRecord(details)) return []
  const { before, after, ...rest } = details
  const plain = Object.entries(rest).filter(([name]) => !UNREADABLE.includes(name))
  return [...changes(before, after), ...plain.map(([name, value]) => detail(act, name, value))].filter(
    ({ before, now }) => now !== '' || before !== undefined,
  )
}

function changes(before: unknown, after: unknown): Detail[] {
  if (after === undefined) return []
  if (!isRecord(before) || !isRecord(after))
    return [{ name: 'role', before: words(before), now: words(after) }]
  return Object.keys(after)
    .filter((name) => words(before[name]) !== words(after[name]))
    .map((name) => ({ name, before: words(before[name]), now: words(after[name]) }))
}

function detail(act: string, name: string, value: unknown): Detail {
  if (act === 'account.changed' && Array.isArray(value))
    return { name, before: words(value[0]), now: words(value[1]) }
  return { name, now: words(value) }
}

function words(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map(words).join(', ')
  if (typeof value === 'object') return JSON.stringify(value)
  // eslint-disable-next-line @typescript-eslint/no-base-to-string -- a word, a number or a truth by now
  return String(value)
}

function isRecord(value: unknown): value is Details {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
