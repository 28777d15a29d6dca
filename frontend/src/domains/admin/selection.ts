/** Choosing several rows of a list, as lists are used everywhere: one by one, or all from one to another. */

type Chosen = ReadonlySet<string>

/** Choose a row, or let it go; with `from`, all rows between as well take what this one takes. */
export function toggled(chosen: Chosen, rows: readonly string[], row: string, from?: string): Chosen {
  const next = new Set(chosen)
  const start = from === undefined ? -1 : rows.indexOf(from)
  const end = rows.indexOf(row)
  const concerned = start < 0 || end < 0 ? [row] : rows.slice(Math.min(start, end), Math.max(start, end) + 1)
  const isChosen = !chosen.has(row)
  for (const one of concerned) {
    if (isChosen) next.add(one)
    else next.delete(one)
  }
  return next
}

/** Of those chosen, who is still in the list. */
export function kept(chosen: Chosen, rows: readonly string[]): Chosen {
  return new Set(rows.filter((row) => chosen.has(row)))
}

/** None, some or all of a list: what the box above it shows. */
export function shareOf(chosen: Chosen, rows: readonly string[]): 'none' | 'some' | 'all' {
  const count = rows.filter((row) => chosen.has(row)).length
  return count === 0 ? 'none' : count === rows.length ? 'all' : 'some'
}

/** As many as the server does something with at once. */
const AT_ONCE = 100

/** In parts as large as the server takes at once. */
export function parts<Item>(items: readonly Item[], size = AT_ONCE): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}
