/** What a form can see by itself; everything else the server says. */

const USERNAME_LENGTH = 64

/** A username from a name, as a proposal: lower case, letters, digits and hyphens. */
export function proposedUsername(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, USERNAME_LENGTH)
}

/** The fields that are still empty, each with the same words. */
export function missing(fields: Record<string, string>, words: string): Record<string, string[]> {
  const empty = Object.entries(fields).filter(([, value]) => !value.trim())
  return Object.fromEntries(empty.map(([field]) => [field, [words]]))
}

/** Where to go after signing in: only to a place of our own. */
export function safeNext(next: unknown): string {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : '/'
}
