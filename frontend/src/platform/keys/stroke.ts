/**
 * How keys are written: `Mod+K`, `Alt+Shift+ArrowUp`, `?`, or two strokes `g h`. `Mod` is Ctrl, on a Mac ⌘. A letter
 * without modifiers is small; a sign is written as it appears, without the Shift that some layouts need for it.
 */

export interface KeyPress {
  key: string
  code?: string
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
  shiftKey: boolean
}

/** Write what was pressed. */
export function strokeOf({ key, code = '', ctrlKey, metaKey, altKey, shiftKey }: KeyPress): string {
  const name = nameOf(key, code)
  const isLetter = /^\p{L}$/u.test(name)
  const isSign = name.length === 1 && !isLetter
  const hasModifier = ctrlKey || metaKey || altKey
  const parts = [
    (ctrlKey || metaKey) && 'Mod',
    altKey && 'Alt',
    shiftKey && !isSign && 'Shift',
    isLetter ? (hasModifier || shiftKey ? name.toUpperCase() : name.toLowerCase()) : name,
  ]
  return parts.filter(Boolean).join('+')
}

/** The letter of a key that types another script, by its place. */
function nameOf(key: string, code: string): string {
  const place = /^Key([A-Z])$/.exec(code)?.[1]
  const isLatin = /^[\x20-\x7e]$/.test(key)
  return place && key.length === 1 && !isLatin ? place : key === ' ' ? 'Space' : key
}

/** Whether a stroke would also be typing: one sign or letter, with nothing held. */
export function isTyping(stroke: string): boolean {
  return stroke.length === 1 || stroke === 'Space' || /^Shift\+.$/.test(stroke)
}
