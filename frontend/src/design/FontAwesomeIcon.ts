/**
 * `<font-awesome-icon :icon>`: FontAwesome's icons, drawn.
 *
 * Its own component for Vue brings a library of 25 kB (gzipped) that finds icons by name, stacks, masks and rotates
 * them and writes their styles into the page. Here an icon is handed over, its path is drawn, and that is all.
 */
import type { IconDefinition } from '@fortawesome/free-solid-svg-icons'
import { type FunctionalComponent, h } from 'vue'

interface Props {
  icon: IconDefinition
  /** As wide as the widest, so that what stands below each other lines up. */
  fixedWidth?: boolean
}

export const FontAwesomeIcon: FunctionalComponent<Props> = ({ icon, fixedWidth }) => {
  const [width, height, , , path] = icon.icon
  const paths = typeof path === 'string' ? [path] : path
  const attributes = { viewBox: `0 0 ${width} ${height}`, fill: 'currentColor', focusable: 'false' }
  return h(
    'svg',
    { ...attributes, class: ['fa-icon', { 'fa-fixed': fixedWidth }], 'aria-hidden': 'true' },
    paths.map((d) => h('path', { d })),
  )
}
FontAwesomeIcon.props = { icon: { type: Object, required: true }, fixedWidth: Boolean }
