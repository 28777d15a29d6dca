/** The window's title: the screen, then the school. */
import { computed, type MaybeRefOrGetter, ref, toValue, watchEffect } from 'vue'

const school = ref('EduSphere')
const screen = ref('')
/** Grows with every navigation, so that a screen that stays says its own title again. */
const navigations = ref(0)

export const windowTitle = computed(() => (screen.value ? `${screen.value} · ${school.value}` : school.value))

export function setSchoolTitle(name: string): void {
  school.value = name || 'EduSphere'
}

/** The title of the route, until its screen knows better. */
export function setRouteTitle(title: string): void {
  screen.value = title
  navigations.value++
}

/** Name the page after what is on it, while this component lives. */
export function usePageTitle(title: MaybeRefOrGetter<string | undefined>): void {
  watchEffect(() => {
    const known = toValue(title)
    if (known && navigations.value >= 0) screen.value = known
  })
}
