import { type Ref, watch } from 'vue'

/** A dialog gives the focus to its first control, which closes it; where one came to write, the first field has it. */
export function useFirstField(form: Readonly<Ref<HTMLElement | null>>): void {
  watch(form, () =>
    requestAnimationFrame(() => form.value?.querySelector<HTMLElement>('input, textarea')?.focus()),
  )
}
