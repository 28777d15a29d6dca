/** Tables for other programs, as CSV. */

/** What a spreadsheet would take for a formula (OWASP, CSV Injection). */
const FORMULA = /^[=+\-@\t\r]/

export type Cell = string | number

export function csvOf(rows: readonly (readonly Cell[])[]): string {
  return rows.map((cells) => cells.map(cell).join(',') + '\r\n').join('')
}

function cell(value: Cell): string {
  const text = String(value)
  const harmless = FORMULA.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

/** Hand a table to whoever sits here. The mark at its beginning tells Excel that it is UTF-8. */
export function download(name: string, csv: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob(['\uFEFF', csv], { type: 'text/csv;charset=utf-8' }))
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}
