/** The window's title: the screen, then the school. */
import { type MaybeRefOrGetter, onScopeDispose, ref, toValue, watchEffect } from 'vue'

const school = ref('EduSphere')
const screen = ref('')

watchEffect(() => (document.title = screen.value ? `${screen.value} · ${school.value}` : school.value))

export function setSchoolTitle(name: string): void {
  school.value = name || 'EduSphere'
}

/** Set by the router on every navigation; a screen that knows better says so with `usePageTitle`. */
export function setPageTitle(title: string): void {
  screen.value = title
}

export function pageTitle(): string {
  return screen.value
}

/** Name the page after what is on it, while this component lives. */
export function usePageTitle(title: MaybeRefOrGetter<string | undefined>): void {
  const stop = watchEffect(() => {
    const known = toValue(title)
    if (known) setPageTitle(known)
  })
  onScopeDispose(stop)
}
