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
  /** What is asked for now. */
  key: () => string
  /** Fetches the list that is asked for now, also when another one is asked for meanwhile. */
  everything: () => (after: string | null, first: number) => Promise<Page<Node>>
}

export function usePages<Asked extends object, Node>(
  asked: () => Asked,
  fetchPage: (asked: Asked & { after: string | null; first: number }) => Promise<Page<Node>>,
  size = 50,
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
      const page = await fetchPage({ ...asked(), after, first: size })
      if (turn !== latest) return
      nodes.value = after ? [...(nodes.value ?? []), ...page.nodes] : page.nodes
      hasMore.value = page.pageInfo.hasNextPage
      cursor = page.pageInfo.endCursor
    } catch (error) {
      if (turn === latest) problem.value = wordsOf(asRefusal(error))
    }
    if (turn === latest) isBusy.value = false
  }

  const key = (): string => JSON.stringify(asked())

  function everything() {
    const now = asked()
    return (after: string | null, first: number) => fetchPage({ ...now, after, first })
  }

  let pause: ReturnType<typeof setTimeout> | undefined
  watch(key, () => {
    clearTimeout(pause)
    pause = setTimeout(() => void load(null), PAUSE)
  })
  void load(null)

  return {
    nodes,
    hasMore,
    isBusy,
    problem,
    more: () => load(cursor),
    reload: () => load(null),
    key,
    everything,
  }
}
