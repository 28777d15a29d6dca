import { stripTypeScriptTypes } from 'node:module'

import { baseCompile } from '@intlify/message-compiler'
import type { Plugin } from 'vite'

type Words = string | { [key: string]: Words }

const CATALOGUE = /\/i18n\/[a-z]{2}\.ts$/

/**
 * Compile the catalogues' messages in the build, so that no browser carries vue-i18n's compiler: what has a blank or
 * plural forms becomes a function, the rest stays a string.
 */
export function compiledMessages(): Plugin {
  return {
    name: 'edusphere-messages',
    apply: 'build',
    enforce: 'pre',
    config: () => ({ define: { __INTLIFY_DROP_MESSAGE_COMPILER__: true } }),
    async transform(code, id) {
      if (!CATALOGUE.test(id)) return undefined
      const plain = stripTypeScriptTypes(code).replace(/^import .*$/gm, '')
      const { default: words } = (await import(`data:text/javascript,${encodeURIComponent(plain)}`)) as {
        default: Words
      }
      return { code: `export default ${printed(words, id)}`, map: null }
    },
  }
}

function printed(words: Words, id: string): string {
  if (typeof words === 'string') return compiled(words, id)
  const entries = Object.entries(words).map(([key, inner]) => `${JSON.stringify(key)}: ${printed(inner, id)}`)
  return `{${entries.join(', ')}}`
}

/** The parts of the compiler's tree that our catalogues use; it exports no names for the kinds. */
interface Node {
  type: number
  body?: Node
  items?: Node[]
  cases?: Node[]
  value?: string
  key?: string
}

const KINDS = { plural: 1, text: 3, named: 4, literal: 9 }

/** A message as the source of a string or of a function that vue-i18n calls. */
export function compiled(message: string, where: string): string {
  const fail = (why: string): never => {
    throw new Error(`${where}: “${message}”: ${why}`)
  }
  const part = ({ type, value = '', key = '' }: Node): string => {
    if (type === KINDS.named) return `\${c.named(${JSON.stringify(key)})}`
    if (type === KINDS.text || type === KINDS.literal) return value.replace(/[`\\$]/g, String.raw`\$&`)
    return fail('Only {names} and plural forms are compiled here.')
  }
  const form = ({ items = [] }: Node): string => `\`${items.map(part).join('')}\``
  const { body = { type: 0 } } = baseCompile(message, { onError: ({ message: why }) => fail(why) })
    .ast as Node
  if (body.type === KINDS.plural) return `c=>c.plural([${body.cases?.map(form).join()}])`
  const isPlain = body.items?.every(({ type }) => type === KINDS.text) ?? true
  return isPlain ? JSON.stringify(message) : `c=>${form(body)}`
}
