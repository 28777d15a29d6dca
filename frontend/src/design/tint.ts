/** Hues of the initials of people without a picture; each passes contrast in every theme (contrast.test.ts). */
export const TINTS = [12, 40, 70, 100, 130, 152, 180, 210, 240, 265, 295, 330] as const

/** The hue of a person: always the same for the same text. */
export function tintOf(text: string): number {
  let hash = 0
  for (const letter of text) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) >>> 0
  return TINTS[hash % TINTS.length] ?? TINTS[0]
}

/** At most two letters that stand for a name. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean)
  const chosen = words.length > 1 ? [words[0], words.at(-1)] : words
  return chosen
    .map((word) => firstLetter(word ?? ''))
    .join('')
    .toLocaleUpperCase()
}

const letters = new Intl.Segmenter()

/** A whole character: an accent or an emoji may be several code points. */
function firstLetter(word: string): string {
  const [letter] = letters.segment(word)
  return letter?.segment ?? ''
}
