/**
 * All rows of a list, gathered page by page, however long it takes.
 *
 * Where the server asks to wait, it waits; where a page fails, what was gathered stays, and it goes on from there.
 */
import { onScopeDispose, type Ref, ref } from 'vue'

import { asRefusal, wordsOf } from '@/platform/graphql'

import type { Page } from './usePages'

/** Rows, which any spreadsheet still opens. */
export const MOST = 100_000
/** As many as the server gives at once. */
const AT_ONCE = 100
const SECONDS = 1000 // milliseconds
/** Between two pages: less than half of what the server lets one person ask, so that their other work goes on. */
const PAUSE = 0.125 * SECONDS

export type FetchPage<Node> = (after: string | null, first: number) => Promise<Page<Node>>

export interface Gathering<Row> {
  state: Ref<'idle' | 'going' | 'failed'>
  count: Ref<number>
  problem: Ref<string>
  begin: <Node>(fetchPage: FetchPage<Node>, rowOf: (node: Node) => Row) => Promise<void>
  goOn: () => Promise<void>
  /** Hand over what there is, as far as it got. */
  settle: () => void
  cancel: () => void
}

const sleep = (milliseconds: number): Promise<void> => new Promise((wake) => setTimeout(wake, milliseconds))

/** `done` is handed the rows, and whether these are all that there are. */
export function useGathering<Row>(
  done: (rows: Row[], isWhole: boolean) => void,
  { most = MOST, wait = sleep } = {},
): Gathering<Row> {
  const state = ref<'idle' | 'going' | 'failed'>('idle')
  const count = ref(0)
  const problem = ref('')
  let rows: Row[] = []
  let hasMore = true
  let latest = 0
  let fetchMore: () => Promise<void>

  async function begin<Node>(fetchPage: FetchPage<Node>, rowOf: (node: Node) => Row): Promise<void> {
    let cursor: string | null = null
    const own: Row[] = []
    rows = own
    hasMore = true
    count.value = 0
    fetchMore = async () => {
      const { nodes, pageInfo } = await fetchPage(cursor, AT_ONCE)
      if (rows !== own) return // of a list that is no longer gathered
      rows.push(...nodes.map(rowOf))
      hasMore = pageInfo.hasNextPage
      cursor = pageInfo.endCursor
    }
    await goOn()
  }

  async function goOn(): Promise<void> {
    const turn = ++latest
    const isCurrent = (): boolean => turn === latest
    state.value = 'going'
    problem.value = ''
    try {
      while (hasMore && rows.length < most) {
        if (rows.length) await wait(PAUSE)
        if (isCurrent()) await patiently(fetchMore, isCurrent)
        if (!isCurrent()) return
        count.value = rows.length
      }
    } catch (error) {
      if (!isCurrent()) return
      problem.value = wordsOf(asRefusal(error))
      state.value = 'failed'
      return
    }
    settle()
  }

  async function patiently(act: () => Promise<void>, isCurrent: () => boolean): Promise<void> {
    while (isCurrent()) {
      try {
        await act()
        return
      } catch (error) {
        const refusal = asRefusal(error)
        if (refusal.code !== 'TOO_MANY') throw refusal
        await wait((refusal.retryAfter ?? 1) * SECONDS)
      }
    }
  }

  function settle(): void {
    const all = rows.slice(0, most)
    const isWhole = !hasMore && rows.length <= most
    cancel()
    done(all, isWhole)
  }

  function cancel(): void {
    latest++
    state.value = 'idle'
    rows = []
  }
  onScopeDispose(cancel)

  return { state, count, problem, begin, goOn, settle, cancel }
}
