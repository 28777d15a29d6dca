import { describe, expect, it } from 'vitest'

import { TINTS } from './tint'
import css from './tokens.css?raw'

type Rgb = [number, number, number]
type Themes = Record<string, Record<string, Rgb>>

const themes = readThemes(css)

/** Words and what they stand on. 4.5 is WCAG 2.2 AA for text; in high contrast it is 7 (AAA). */
const TEXT: [string, string[]][] = [
  ['ink-1', ['surface-0', 'surface-1', 'surface-2', 'surface-3']],
  ['ink-2', ['surface-0', 'surface-1', 'surface-2', 'surface-3']],
  ['ink-3', ['surface-0', 'surface-1', 'surface-2']],
  ['accent-text', ['surface-0', 'surface-1', 'surface-2', 'accent-soft']],
  ['on-accent', ['accent', 'accent-hover']],
  ['on-bad', ['bad']],
  ['mention', ['mention-soft', 'surface-1']],
  ['ok', ['ok-soft', 'surface-1']],
  ['warn', ['warn-soft', 'surface-1']],
  ['bad', ['bad-soft', 'surface-0', 'surface-1', 'surface-2']],
  ['surface-1', ['ink-1']],
]
/** Edges, dots and rings: 3 (WCAG 1.4.11), in high contrast 4.5. */
const SHAPES: [string, string[]][] = [
  ['line-strong', ['surface-0', 'surface-1', 'surface-2']],
  ['focus', ['surface-0', 'surface-1', 'surface-2', 'surface-3']],
  ['unread', ['surface-0', 'surface-1', 'surface-2']],
  ['accent', ['surface-0', 'surface-1']],
  ['ok', ['surface-1']],
]

describe.each(Object.entries(themes))('in the %s theme', (name, tokens) => {
  const isHigh = name.includes('contrast')
  it.each(pairs(TEXT))('%s can be read on %s', (ink, ground) => {
    expect(contrast(tokens, ink, ground)).toBeGreaterThanOrEqual(isHigh ? 7 : 4.5)
  })
  it.each(pairs(SHAPES))('%s can be seen on %s', (shape, ground) => {
    expect(contrast(tokens, shape, ground)).toBeGreaterThanOrEqual(isHigh ? 4.5 : 3)
  })
})

describe('the initials of people without a picture', () => {
  it.each(TINTS)('can be read in hue %i', (hue) => {
    expect(ratio(srgb(0.38, 0.09, hue), srgb(0.92, 0.045, hue))).toBeGreaterThanOrEqual(4.5)
    expect(ratio(srgb(0.9, 0.06, hue), srgb(0.36, 0.06, hue))).toBeGreaterThanOrEqual(4.5)
  })
})

function pairs(list: [string, string[]][]): [string, string][] {
  return list.flatMap(([ink, grounds]) => grounds.map((ground): [string, string] => [ink, ground]))
}

/** The four themes: light and dark of the first block, and of the one for high contrast. */
function readThemes(sheet: string): Themes {
  const [standard = '', , chosen = ''] = sheet.split(
    /\n {2}@media \(prefers-contrast|\n {2}:root\[data-contrast='more'\]/,
  )
  const high = { ...read(standard), ...read(chosen) }
  const of = (both: Record<string, [Rgb, Rgb]>, side: 0 | 1): Record<string, Rgb> =>
    Object.fromEntries(Object.entries(both).map(([token, colours]) => [token, colours[side]]))
  const plain = read(standard)
  return {
    light: of(plain, 0),
    dark: of(plain, 1),
    'light, high contrast': of(high, 0),
    'dark, high contrast': of(high, 1),
  }
}

function read(sheet: string): Record<string, [Rgb, Rgb]> {
  const pair = /--([\w-]+): light-dark\(oklch\(([\d. ]+)\), oklch\(([\d. ]+)\)\)/g
  const found = [...sheet.matchAll(pair)]
  return Object.fromEntries(
    found.map(([, token = '', light, dark]): [string, [Rgb, Rgb]] => [token, [colour(light), colour(dark)]]),
  )
}

function colour(text = ''): Rgb {
  const [lightness = 0, chroma = 0, hue = 0] = text.split(' ').map(Number)
  return srgb(lightness, chroma, hue)
}

/** Linear light of a colour, clipped to what a screen can show. https://bottosson.github.io/posts/oklab/ */
function srgb(lightness: number, chroma: number, hue: number): Rgb {
  const [a, b] = [chroma * Math.cos((hue * Math.PI) / 180), chroma * Math.sin((hue * Math.PI) / 180)]
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  const linear: Rgb = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ]
  return linear.map((part) => Math.min(1, Math.max(0, part))) as Rgb
}

function contrast(tokens: Record<string, Rgb>, ink: string, ground: string): number {
  const [front, back] = [tokens[ink], tokens[ground]]
  if (!front || !back) throw new Error(`No token ${front ? ground : ink}`)
  return ratio(front, back)
}

/** https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function ratio(one: Rgb, other: Rgb): number {
  const luminance = ([r, g, b]: Rgb): number => 0.2126 * r + 0.7152 * g + 0.0722 * b
  const [bright = 0, dim = 0] = [luminance(one), luminance(other)].sort((x, y) => y - x)
  return (bright + 0.05) / (dim + 0.05)
}
