import type { Pixels } from './uploads'

/** The server's thumbnails: what is wider or higher is cut. */
const THUMBNAIL = { width: 640, height: 480 }
/** CSS pixels: half a thumbnail, for screens that have two for one. */
const MOST = { width: 320, height: 240 }
/** Where several stand together, and while it is not known how large one is. */
const TILE = { width: 160, height: 120 }
/** A line, or a dot, could not be pressed. */
const LEAST = 48

/** How much room a picture takes, known before it is there: nothing moves when it arrives. */
export function slotOf(pixels: Pixels | null, isAlone: boolean): Pixels {
  if (!isAlone || pixels === null) return TILE
  const width = Math.min(pixels.width, THUMBNAIL.width)
  const height = Math.min(pixels.height, THUMBNAIL.height)
  const scale = Math.min(MOST.width / width, MOST.height / height, 1)
  const side = (length: number): number => Math.max(LEAST, Math.round(length * scale))
  return { width: side(width), height: side(height) }
}
