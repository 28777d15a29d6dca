import type { Plugin } from 'vite'

const ORDER = '@layer tokens,base,ui,screens;'

/**
 * Begin each style sheet with the order of the layers.
 *
 * Whichever sheet is loaded first sets that order, and a shared component's may come before the one with the tokens.
 */
export function layers(): Plugin {
  return {
    name: 'edusphere-layers',
    apply: 'build',
    generateBundle(_, bundle) {
      for (const part of Object.values(bundle)) {
        if (part.type === 'asset' && part.fileName.endsWith('.css'))
          part.source = `${ORDER}${String(part.source)}`
      }
    },
  }
}
