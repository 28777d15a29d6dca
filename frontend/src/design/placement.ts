/** Where something small floats beside something else: on the wanted side, or the opposite if it fits better; never outside. */

export type Side = 'top' | 'right' | 'bottom' | 'left'

interface Box {
  left: number
  top: number
  width: number
  height: number
}

const GAP = 6
const MARGIN = 8
const OPPOSITE = { top: 'bottom', bottom: 'top', left: 'right', right: 'left' } as const

/** The left and top edges of a box of `size`, in pixels of the viewport. */
export function placed(
  anchor: Box,
  size: { width: number; height: number },
  wanted: Side,
  viewport: { width: number; height: number },
): { left: number; top: number } {
  const centre = { x: anchor.left + anchor.width / 2, y: anchor.top + anchor.height / 2 }
  const at: Record<Side, { left: number; top: number }> = {
    top: { left: centre.x - size.width / 2, top: anchor.top - GAP - size.height },
    bottom: { left: centre.x - size.width / 2, top: anchor.top + anchor.height + GAP },
    left: { left: anchor.left - GAP - size.width, top: centre.y - size.height / 2 },
    right: { left: anchor.left + anchor.width + GAP, top: centre.y - size.height / 2 },
  }
  const fits = (side: Side): boolean => {
    const { left, top } = at[side]
    return side === 'top' || side === 'bottom'
      ? top >= MARGIN && top + size.height <= viewport.height - MARGIN
      : left >= MARGIN && left + size.width <= viewport.width - MARGIN
  }
  const { left, top } = at[fits(wanted) || !fits(OPPOSITE[wanted]) ? wanted : OPPOSITE[wanted]]
  return {
    left: clamp(left, MARGIN, viewport.width - MARGIN - size.width),
    top: clamp(top, MARGIN, viewport.height - MARGIN - size.height),
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most))
}
