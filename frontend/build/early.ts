import { readFileSync } from 'node:fs'

import type { Plugin } from 'vite'

/**
 * Run a small plain script in the head, before the first paint.
 *
 * A module would run after it, an inline script is forbidden by the Content Security Policy, and a
 * file in `public/` would have no hash in its name, which everything below /static/ must have.
 */
export function early(path: string): Plugin {
  return {
    name: 'edusphere-early',
    buildStart() {
      if (!this.meta.watchMode) this.emitFile({ type: 'asset', name: 'early.js', source: readFileSync(path) })
    },
    transformIndexHtml: {
      order: 'post',
      handler(_, { bundle }) {
        const built = Object.values(bundle ?? {}).find(
          (part) => part.type === 'asset' && part.names.includes('early.js'),
        )
        return [{ tag: 'script', attrs: { src: `/${built?.fileName ?? path}` }, injectTo: 'head-prepend' }]
      },
    },
  }
}
