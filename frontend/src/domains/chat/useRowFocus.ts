import { computed, nextTick, ref, type ComputedRef, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'

import { useCommands } from '@/platform/keys'

import type { Row } from './rows'
import { position, type Timeline } from './timeline'

const ROW = '[data-number]'

interface RowFocusOptions {
  timeline: () => Timeline
  rows: () => readonly Row[]
  /** The number of the last message on the screen. */
  lowest: () => number | null
  toMessage: (number: number, focus: boolean) => Promise<void>
  mayEdit: (row: Row) => boolean
  mayRemove: (row: Row) => boolean
  remove: (row: Row) => void
  copyLink: (row: Row) => void
  /** Editing ended where it did not begin in the list. */
  leaveEditing: () => void
}

interface RowFocus {
  /** Shows what can be done with it. */
  active: ComputedRef<number | null>
  /** Its menu is open. */
  held: Ref<number | null>
  editing: Ref<number | null>
  /** Indexes of rows that stay, however far they are scrolled away: one works on them. */
  kept: ComputedRef<number[]>
  /** Tab reaches one row; the arrows move on from it. */
  isCurrent: (number: number) => boolean
  editLast: () => void
  doneEditing: (number: number) => Promise<void>
  on: {
    focusin: (event: FocusEvent) => void
    focusout: () => void
    pointermove: (event: PointerEvent) => void
    pointerdown: (event: PointerEvent) => void
    pointerleave: () => void
  }
}

/** Which row one points at, is on by keyboard, or works on; and the keys that work on it. Rows are meant by number. */
export function useRowFocus({
  timeline,
  rows,
  lowest,
  toMessage,
  mayEdit,
  mayRemove,
  remove,
  copyLink,
  leaveEditing,
}: RowFocusOptions): RowFocus {
  const { t } = useI18n()
  const left = ref<number | null>(null)
  const pointed = ref<number | null>(null)
  const focused = ref<number | null>(null)
  /** Focused itself, so that its keys work; in a field within it they are letters. */
  const alone = ref<number | null>(null)
  const held = ref<number | null>(null)
  const editing = ref<number | null>(null)
  let wasBegunOnRow = false
  const active = computed(() => held.value ?? pointed.value ?? focused.value)
  // Where one was before, or on the screen: Tab must find a row also in a room that begins at the first new words.
  const current = computed(() => {
    const { messages } = timeline()
    const number = left.value
    return number !== null && messages[position(messages, number)]?.number === number ? number : lowest()
  })
  const kept = computed(() =>
    [...new Set([editing.value, held.value, focused.value, current.value])].flatMap((number) =>
      number === null ? [] : [position(timeline().messages, number)],
    ),
  )

  const on = {
    focusin: ({ target }: FocusEvent) => {
      focused.value = numberOf(target)
      alone.value = target instanceof Element && target.matches(ROW) ? focused.value : null
      left.value = focused.value ?? left.value
    },
    focusout: () => (focused.value = alone.value = null),
    // Moves, not what comes to lie under a pointer that rests: whoever goes by keyboard has left it somewhere.
    pointermove: ({ target }: PointerEvent) => (pointed.value = numberOf(target)),
    pointerdown: ({ target }: PointerEvent) => (pointed.value = numberOf(target)),
    pointerleave: () => (pointed.value = null),
  }

  const isCurrent = (number: number): boolean => number === current.value

  function editLast(): void {
    const mine = rows().findLast(mayEdit)
    if (!mine) return
    editing.value = mine.message.number
    void toMessage(mine.message.number, false)
  }

  function editFocused({ message }: Row): void {
    editing.value = message.number
    wasBegunOnRow = true
  }

  async function doneEditing(number: number): Promise<void> {
    editing.value = null
    await nextTick()
    if (wasBegunOnRow) await toMessage(number, true)
    else leaveEditing()
    wasBegunOnRow = false
  }

  /** The row that has the focus itself, not a control in it. */
  function focusedRow(): Row | undefined {
    return alone.value === null ? undefined : rows()[position(timeline().messages, alone.value)]
  }

  function step(by: number): void {
    const { messages } = timeline()
    const row = focusedRow()
    pointed.value = null
    const index = row ? position(messages, row.message.number) : -1
    const next = messages[Math.min(Math.max(index + by, 0), messages.length - 1)]
    if (next) void toMessage(next.number, true)
  }

  const about = {
    group: () => t('chat.commands.messages'),
    when: () => alone.value !== null,
    keysOnly: true,
  }
  const onRow =
    (act: (row: Row) => void, fits: (row: Row) => boolean = () => true) =>
    (): void => {
      const row = focusedRow()
      if (row && fits(row)) act(row)
    }
  useCommands([
    {
      ...about,
      id: 'message.next',
      keys: 'ArrowDown',
      title: () => t('chat.commands.next'),
      run: () => step(1),
    },
    {
      ...about,
      id: 'message.previous',
      keys: 'ArrowUp',
      title: () => t('chat.commands.previous'),
      run: () => step(-1),
    },
    {
      ...about,
      id: 'message.first',
      keys: 'Home',
      title: () => t('chat.commands.first'),
      run: () => step(-Infinity),
    },
    {
      ...about,
      id: 'message.last',
      keys: 'End',
      title: () => t('chat.commands.last'),
      run: () => step(Infinity),
    },
    {
      ...about,
      id: 'message.edit',
      keys: 'e',
      title: () => t('chat.message.edit'),
      run: onRow(editFocused, mayEdit),
    },
    {
      ...about,
      id: 'message.copyLink',
      keys: 'c',
      title: () => t('chat.message.copyLink'),
      run: onRow(copyLink),
    },
    {
      ...about,
      id: 'message.remove',
      keys: 'Delete',
      title: () => t('chat.message.remove'),
      run: onRow(remove, mayRemove),
    },
  ])

  return { active, held, editing, kept, isCurrent, editLast, doneEditing, on }
}

function numberOf(target: EventTarget | null): number | null {
  const element = target instanceof Element ? target.closest<HTMLElement>(ROW) : null
  return element ? Number(element.dataset.number) : null
}
