import { defineComponent, h, shallowRef, type VNodeArrayChildren } from 'vue'

type Render = (body: string) => VNodeArrayChildren

const render = shallowRef<Render | null>(null)

/** Fetch what draws Markdown; a room does so together with its first page of messages. */
export async function loadMarkdown(): Promise<void> {
  render.value ??= (await import('./markdown')).render
}

/** A message's words, drawn; plain until the drawing code is there. */
export const MessageBody = defineComponent({
  name: 'MessageBody',
  props: { body: { type: String, required: true } },
  setup: (props) => () => {
    const drawn = render.value?.(props.body) ?? [h('p', props.body)]
    return h('div', { class: ['message-body', { plain: render.value === null }], dir: 'auto' }, drawn)
  },
})
