import { type Ref, ref, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/** A filter that the address holds, so that what is on the screen can be handed on and come back to. */
export function useAddressed(name: string): Ref<string> {
  const route = useRoute()
  const router = useRouter()
  const inAddress = (): string => {
    const value = route.query[name]
    return typeof value === 'string' ? value : ''
  }
  const value = ref(inAddress())
  watch(inAddress, (given) => (value.value = given))
  watch(value, (given) => {
    if (given !== inAddress())
      void router.replace({ query: { ...route.query, [name]: given || undefined }, hash: route.hash })
  })
  return value
}
