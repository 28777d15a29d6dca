/** The column a list is ordered by, and which way; the address holds both. */
import { computed, type ComputedRef } from 'vue'

import { useAddressed } from './useAddressed'

export interface Order<Name extends string> {
  order: ComputedRef<Name>
  descending: ComputedRef<boolean>
  /** By this column; where it is so already, the other way round. */
  choose: (name: Name) => void
  set: (name: Name, falls: boolean) => void
}

/** The first of the columns is the list's own order. Those of `latestFirst` begin at their end. */
export function useOrder<Name extends string>(
  columns: readonly [Name, ...Name[]],
  latestFirst: readonly Name[] = [],
): Order<Name> {
  const addressed = useAddressed('order')
  const order = computed(
    () => columns.find((one) => one.toLowerCase() === addressed.value.replace(/^-/, '')) ?? columns[0],
  )
  const descending = computed(() =>
    addressed.value ? addressed.value.startsWith('-') : latestFirst.includes(order.value),
  )

  function choose(name: Name): void {
    set(name, name === order.value ? !descending.value : latestFirst.includes(name))
  }

  function set(name: Name, falls: boolean): void {
    const isOwn = name === columns[0] && falls === latestFirst.includes(name)
    addressed.value = isOwn ? '' : (falls ? '-' : '') + name.toLowerCase()
  }

  return { order, descending, choose, set }
}
