/** A form on its way: busy or not, what is wrong by field, and what is wrong with the whole. */
import { nextTick, type Ref, ref } from 'vue'

import { asRefusal } from './refusal'
import { wordsOf } from './words'

export type FieldErrors = Record<string, string[]>

interface Submission {
  busy: Ref<boolean>
  errors: Ref<FieldErrors>
  problem: Ref<string>
  submit: () => Promise<void>
}

interface Options {
  /** The form's element: after a refusal, focus goes to the first field that is wrong. */
  form?: Readonly<Ref<HTMLElement | null>>
  /** What can be seen to be wrong without asking the server. */
  check?: () => FieldErrors
  /** The fields that show their own errors; any other's are gathered into `problem`. */
  fields: readonly string[]
}

/** Nothing typed is touched here, whatever comes back. */
export function useSubmission(send: () => Promise<void>, { form, check, fields }: Options): Submission {
  const busy = ref(false)
  const errors = ref<FieldErrors>({})
  const problem = ref('')

  async function submit(): Promise<void> {
    if (busy.value) return
    problem.value = ''
    errors.value = check?.() ?? {}
    if (!Object.keys(errors.value).length) {
      busy.value = true
      await send().catch(showRefusal)
      busy.value = false
    }
    await nextTick()
    form?.value?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }

  function showRefusal(error: unknown): void {
    const refusal = asRefusal(error)
    errors.value = Object.fromEntries(
      Object.entries(refusal.errors).filter(([field]) => fields.includes(field)),
    )
    const elsewhere = Object.entries(refusal.errors).filter(([field]) => !fields.includes(field))
    const shown = Object.keys(errors.value).length > 0
    problem.value = elsewhere.length
      ? elsewhere.flatMap(([, why]) => why).join(' ')
      : shown
        ? ''
        : wordsOf(refusal)
  }

  return { busy, errors, problem, submit }
}
