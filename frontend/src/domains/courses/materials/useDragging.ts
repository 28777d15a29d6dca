import { type Ref, onScopeDispose, shallowRef } from 'vue'

import type { Move } from './order'

/** Closer to its edge than this, the pane scrolls along. */
const EDGE = 56 // CSS pixels
const SCROLL_BY = 10 // CSS pixels a frame
/** A press that shakes a little is no drag. */
const BEGINS_AT = 5 // CSS pixels

export interface Dragged {
  readonly kind: Move['kind']
  readonly id: string
}

interface Dragging {
  dragged: Readonly<Ref<Dragged | null>>
  /** Where it would be put if it were let go now. */
  over: Readonly<Ref<Move | null>>
  begin: (event: PointerEvent, what: Dragged) => void
}

/**
 * Dragging with a pointer. The list says what is what: `data-unit` and `data-material` hold the ids. Escape lets go
 * without moving anything.
 */
export function useDragging(list: Readonly<Ref<HTMLElement | null>>, drop: (move: Move) => void): Dragging {
  const dragged = shallowRef<Dragged | null>(null)
  const over = shallowRef<Move | null>(null)
  let stop = (): void => {}

  function begin(event: PointerEvent, what: Dragged): void {
    if (event.button !== 0) return
    stop()
    const handle = event.currentTarget as HTMLElement
    const ended = new AbortController()
    const { signal } = ended
    const from = event.clientY
    let y = from
    handle.setPointerCapture(event.pointerId)
    stop = () => {
      ended.abort()
      dragged.value = over.value = null
    }
    const look = (): void => {
      if (dragged.value && list.value) over.value = target(list.value, what, y)
    }
    const scroll = (): void => {
      if (signal.aborted) return
      if (scrollAlong(handle, y)) look()
      requestAnimationFrame(scroll)
    }
    handle.addEventListener(
      'pointermove',
      (moved) => {
        y = moved.clientY
        if (!dragged.value && Math.abs(y - from) >= BEGINS_AT) {
          dragged.value = what
          scroll()
        }
        look()
      },
      { signal },
    )
    handle.addEventListener(
      'pointerup',
      () => {
        const move = over.value
        stop()
        if (move) drop(move)
      },
      { signal },
    )
    handle.addEventListener('pointercancel', stop, { signal })
    window.addEventListener(
      'keydown',
      (pressed) => {
        if (pressed.key !== 'Escape') return
        pressed.preventDefault()
        stop()
      },
      { signal, capture: true },
    )
  }

  onScopeDispose(() => stop())
  return { dragged, over, begin }
}

function target(list: HTMLElement, { kind, id }: Dragged, y: number): Move | null {
  const units = [...list.querySelectorAll<HTMLElement>('[data-unit]')]
  if (kind === 'unit') return { kind, id, place: placeAmong(units, 'unit', id, y) }
  const unit = units.findLast((one) => one.getBoundingClientRect().top <= y) ?? units[0]
  if (!unit?.dataset.unit) return null
  const rows = [...unit.querySelectorAll<HTMLElement>('[data-material]')]
  return { kind, id, unitId: unit.dataset.unit, place: placeAmong(rows, 'material', id, y) }
}

function placeAmong(rows: readonly HTMLElement[], kind: Dragged['kind'], id: string, y: number): number {
  const above = rows.filter((row) => {
    const { top, height } = row.getBoundingClientRect()
    return row.dataset[kind] !== id && top + height / 2 < y
  })
  return above.length + 1
}

/** Returns whether there was further to scroll. */
function scrollAlong(handle: HTMLElement, y: number): boolean {
  const pane = handle.closest('main')
  if (!pane) return false
  const { top, bottom } = pane.getBoundingClientRect()
  const by = y < top + EDGE ? -SCROLL_BY : y > bottom - EDGE ? SCROLL_BY : 0
  const before = pane.scrollTop
  pane.scrollTop += by
  return pane.scrollTop !== before
}
