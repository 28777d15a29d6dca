/** As the server has it; what is longer is refused there. */
export const LONGEST_MESSAGE = 4000 // characters

/** Characters as the server counts them: an emoji may be two for JavaScript, and is one. */
export function lengthOf(text: string): number {
  // The exact count matters only near the limit.
  return text.length < LONGEST_MESSAGE / 2 ? text.length : Array.from(text).length
}
