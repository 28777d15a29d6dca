/** A code as it is read from a board: in two halves. */
export function spaced(code: string): string {
  const middle = Math.ceil(code.length / 2)
  return `${code.slice(0, middle)}-${code.slice(middle)}`
}
