import type { Pixels } from './uploads'

/** CSS pixels. The server's thumbnails have two for one. */
const MOST = { width: 320, height: 240 }
/** A line, or a dot, could not be pressed. */
const LEAST = 48
/** Where several stand together, and while it is not known how large one is. */
const TILE = { width: 160, height: 120 }

/** How much room a picture takes, known before it is there: nothing moves when it arrives. */
export function slotOf(pixels: Pixels | null, isAlone: boolean): Pixels {
  if (!isAlone || pixels === null) return TILE
  const scale = Math.min(MOST.width / pixels.width, MOST.height / pixels.height, 1)
  const side = (length: number): number => Math.max(LEAST, Math.round(length * scale))
  return { width: side(pixels.width), height: side(pixels.height) }
}
