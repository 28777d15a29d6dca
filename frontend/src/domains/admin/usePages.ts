/** A list that is fetched page by page. It starts anew when what is asked for changes. */
import { type Ref, ref, shallowRef, watch } from 'vue'

import { asRefusal, wordsOf } from '@/platform/graphql'

const PAUSE = 250 // milliseconds, while somebody types

export interface Page<Node> {
  nodes: Node[]
  pageInfo: { hasNextPage: boolean; endCursor: string | null }
}

export interface Pages<Node> {
  /** Undefined until the first page is there. */
  nodes: Ref<Node[] | undefined>
  hasMore: Ref<boolean>
  isBusy: Ref<boolean>
  problem: Ref<string>
  more: () => Promise<void>
  reload: () => Promise<void>
}

export function usePages<Asked extends object, Node>(
  asked: () => Asked,
  fetchPage: (asked: Asked & { after: string | null }) => Promise<Page<Node>>,
): Pages<Node> {
  const nodes = shallowRef<Node[]>()
  const hasMore = ref(false)
  const isBusy = ref(false)
  const problem = ref('')
  let cursor: string | null = null
  let latest = 0

  async function load(after: string | null): Promise<void> {
    const turn = ++latest
    isBusy.value = true
    problem.value = ''
    try {
      const page = await fetchPage({ ...asked(), after })
      if (turn !== latest) return
      nodes.value = after ? [...(nodes.value ?? []), ...page.nodes] : page.nodes
      hasMore.value = page.pageInfo.hasNextPage
      cursor = page.pageInfo.endCursor
    } catch (error) {
      if (turn === latest) problem.value = wordsOf(asRefusal(error))
    }
    if (turn === latest) isBusy.value = false
  }

  let pause: ReturnType<typeof setTimeout> | undefined
  watch(
    () => JSON.stringify(asked()),
    () => {
      clearTimeout(pause)
      pause = setTimeout(() => void load(null), PAUSE)
    },
  )
  void load(null)

  return { nodes, hasMore, isBusy, problem, more: () => load(cursor), reload: () => load(null) }
}
