import { defineComponent, h, isVNode, shallowRef, type VNode, type VNodeArrayChildren } from 'vue'

import './ui/messageBody.css'

type Render = (body: string) => VNodeArrayChildren

const render = shallowRef<Render | null>(null)

/** Fetch what draws Markdown; a room does so together with its first page of messages. */
export async function loadMarkdown(): Promise<void> {
  render.value ??= (await import('./markdown')).render
}

/** A message's words, drawn; plain until the drawing code is there. The slot stands at the end of the last line. */
export const MessageBody = defineComponent({
  name: 'MessageBody',
  props: { body: { type: String, required: true } },
  setup: (props, { slots }) => {
    return () => {
      const drawn = render.value?.(props.body) ?? [h('p', props.body)]
      const after = slots.default?.() ?? []
      return h(
        'div',
        { class: ['message-body', { plain: render.value === null }], dir: 'auto' },
        after.length ? ended(drawn, after) : drawn,
      )
    }
  },
})

function ended(drawn: VNodeArrayChildren, after: VNode[]): VNodeArrayChildren {
  const last = drawn.at(-1)
  if (!isVNode(last) || last.type !== 'p') return [...drawn, ...after]
  return [...drawn.slice(0, -1), h('p', last.props, [last.children as VNodeArrayChildren, ' ', ...after])]
}
