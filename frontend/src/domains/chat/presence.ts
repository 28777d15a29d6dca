/** Who has a room open now. Not promised by the server, and not kept. */
export interface Presence {
  readonly count: number
  /** null: too many to name. */
  readonly people: ReadonlySet<string> | null
}

export function isHere(presence: Presence | undefined, personId: string): boolean {
  return presence?.people?.has(personId) ?? false
}
