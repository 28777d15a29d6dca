/** A code as it was typed, or pasted with the address around it; the server forgives case, spaces and hyphens. */
export function plainCode(typed: string): string {
  const words = typed.trim()
  const address = /\/join\/([^/?#\s]+)/.exec(words)
  return (address?.[1] ?? words).replace(/[\s/?#%-]/g, '').toUpperCase()
}
