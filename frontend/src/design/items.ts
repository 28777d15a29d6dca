/** What lists of the design system are made of. */
import type { IconName } from './icons'

/** A deed in a Menu. */
export interface MenuItem {
  id: string
  label: string
  icon?: IconName
  /** Shown at the end; the keys registry makes them work. */
  keys?: string
  danger?: boolean
  disabled?: boolean
  checked?: boolean
  run: () => void
}

/** An entry of the CommandPalette. */
export interface PaletteCommand {
  id: string
  title: string
  group?: string
  icon?: IconName
  keys?: string
  run: () => void
}

/** A notice of the NoticeRegion. */
export interface Notice {
  id: number
  text: string
  tone?: 'neutral' | 'ok' | 'bad'
  /** Milliseconds; Infinity stays. */
  duration: number
  action?: { label: string; run: () => void }
}
