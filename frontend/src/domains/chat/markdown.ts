/**
 * A message's words as markdown-it understands them, drawn as VNodes: no HTML is ever made of what people write.
 *
 * What is left out is left out on purpose: HTML, pictures from elsewhere (nothing is fetched from third parties),
 * headings (a message is not a document; they are drawn bold).
 */
import MarkdownIt from 'markdown-it'
import { h, type VNode, type VNodeArrayChildren } from 'vue'

const markdown = new MarkdownIt({ html: false, linkify: true, breaks: true })
// People write "chess.com is good" and "send it to ada@school.example": only what says it is a link is one.
markdown.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false })
markdown.disable('image')

type Token = ReturnType<typeof markdown.parse>[number]

const SAFE_LINK = /^(https?:|mailto:)/i
/** Deeper than this the parser drops words; then the words stand as they were written. */
const DEEPEST = 16

export function render(body: string): VNodeArrayChildren {
  const tokens = markdown.parse(body, {})
  const isDeep = ({ level, children }: Token): boolean =>
    level >= DEEPEST || (children?.some(isDeep) ?? false)
  return tokens.some(isDeep) ? [body] : new Drawing(tokens).children()
}

/** Walks the flat list of tokens, which open and close like brackets. */
class Drawing {
  #at = 0

  constructor(private readonly tokens: readonly Token[]) {}

  children(): VNodeArrayChildren {
    const nodes: VNodeArrayChildren = []
    for (;;) {
      const token = this.tokens[this.#at++]
      if (token === undefined || token.nesting < 0) return nodes
      const node = token.nesting > 0 ? this.#opened(token) : this.#alone(token)
      if (Array.isArray(node)) nodes.push(...node)
      else nodes.push(node)
    }
  }

  #opened(token: Token): VNode | VNodeArrayChildren {
    const inside = this.children()
    // Paragraphs of a tight list are there for the parser only.
    if (token.hidden) return inside
    const tag = TAGS[token.tag]
    if (token.type === 'link_open') return link(String(token.attrGet('href')), inside)
    if (token.type === 'heading_open') return h('p', { class: 'heading' }, inside)
    if (token.type === 'ordered_list_open')
      return h('ol', { start: token.attrGet('start') ?? undefined }, inside)
    return tag === undefined ? inside : h(tag, inside)
  }

  #alone(token: Token): VNode | string | VNodeArrayChildren {
    switch (token.type) {
      case 'inline':
        return new Drawing(token.children ?? []).children()
      case 'code_inline':
        return h('code', token.content)
      case 'fence':
      case 'code_block':
        return h('pre', { tabindex: 0 }, h('code', token.content))
      case 'hardbreak':
      case 'softbreak':
        return h('br')
      case 'hr':
        return h('hr')
      default:
        return token.content
    }
  }
}

const TAGS: Partial<Record<string, string>> = {
  ...{ p: 'p', strong: 'strong', em: 'em', s: 's', blockquote: 'blockquote', ul: 'ul', li: 'li' },
  ...{ table: 'table', thead: 'thead', tbody: 'tbody', tr: 'tr', th: 'th', td: 'td' },
}

function link(href: string, inside: VNodeArrayChildren): VNode | VNodeArrayChildren {
  if (!SAFE_LINK.test(href)) return inside
  return h('a', { href, target: '_blank', rel: 'noopener noreferrer nofollow' }, inside)
}
