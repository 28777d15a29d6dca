/**
 * The one registry of what can be done: the palette, the `?` sheet, menus and tooltips read it, and its keys work.
 *
 * A screen registers its commands with `useCommands` and they go with it. Of two with the same keys, the later one
 * wins while its `when` holds. Single letters work only outside of fields, and can be switched off.
 */
import { computed, onScopeDispose, shallowRef } from 'vue'

import { isTyping, strokeOf, type KeyPress } from './stroke'

export interface Command {
  /** `noun.verb`, e.g. `room.create`. */
  id: string
  /** Shown in the palette and in the sheet; read when shown, so that it follows the language. */
  title: () => string
  /** The heading in the sheet. */
  group?: () => string
  /** See stroke.ts; the first of several is the one that is shown. */
  keys?: string | readonly string[]
  icon?: string
  /** Leave it out of the palette (moving within a list, say). */
  keysOnly?: boolean
  when?: () => boolean
  run: (event?: KeyboardEvent) => void
}

/** Two strokes belong together for this long, in milliseconds. */
const PAUSE = 1000

const registered = shallowRef<readonly Command[]>([])

/** Every command that can be done now. */
export const commands = computed(() => registered.value.filter(isPossible))

/** Add commands; returns how to take them away. */
export function register(added: readonly Command[]): () => void {
  registered.value = [...registered.value, ...added]
  return () => (registered.value = registered.value.filter((command) => !added.includes(command)))
}

/** Add commands while this component lives. */
export function useCommands(added: readonly Command[]): void {
  onScopeDispose(register(added))
}

export function keysOf({ keys }: Command): readonly string[] {
  return keys === undefined ? [] : typeof keys === 'string' ? [keys] : keys
}

function isPossible({ when }: Command): boolean {
  return when?.() ?? true
}

interface Situation {
  /** In a field, where letters are words. */
  inField: boolean
  singleKeys: boolean
  /** Milliseconds. */
  now: number
}

/** Follows strokes; a press answers with the command it completes, if any. */
export function createFollower(): (press: KeyPress, situation: Situation) => Command | undefined {
  let begun: { stroke: string; at: number } | undefined
  return (press, { inField, singleKeys, now }) => {
    if (['Shift', 'Control', 'Alt', 'Meta'].includes(press.key)) return undefined
    const stroke = strokeOf(press)
    if (isTyping(stroke) && (inField || !singleKeys)) return undefined
    const first = begun && now - begun.at < PAUSE ? begun.stroke : undefined
    begun = undefined
    const found = (first ? completedBy(`${first} ${stroke}`) : undefined) ?? completedBy(stroke)
    if (
      !found &&
      commands.value.some((command) => keysOf(command).some((keys) => keys.startsWith(`${stroke} `)))
    )
      begun = { stroke, at: now }
    return found
  }
}

function completedBy(keys: string): Command | undefined {
  return commands.value.findLast((command) => keysOf(command).includes(keys))
}

/** Let the keys work on this page; returns how to stop. */
export function listen(singleKeys: () => boolean): () => void {
  const follow = createFollower()
  const onKeydown = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing) return
    const found = follow(event, {
      inField: isField(event.target),
      singleKeys: singleKeys(),
      now: event.timeStamp,
    })
    if (!found) return
    event.preventDefault()
    found.run(event)
  }
  window.addEventListener('keydown', onKeydown)
  return () => window.removeEventListener('keydown', onKeydown)
}

function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return (
    target.isContentEditable || target.matches('input:not([type=checkbox], [type=radio]), textarea, select')
  )
}
