/**
 * Files are fetched by the browser itself, with a cookie that may have run out while the computer slept. Queries renew
 * the sign-in; a picture and a link cannot, so it is done before.
 */
import { ref, watch, type Ref } from 'vue'

import { currentSignIn } from '@/platform/graphql'

/** The address of a picture as soon as the server would know who asks; empty until then. */
export function useFresh(address: () => string): Ref<string> {
  const fresh = ref('')
  watch(
    address,
    async (wanted) => {
      if (currentSignIn.hasRunOut()) {
        fresh.value = ''
        await currentSignIn.renew()
      }
      if (address() === wanted) fresh.value = wanted
    },
    { immediate: true },
  )
  return fresh
}

/** Hold a click on a link to a file back until then. */
export async function renewFirst(event: MouseEvent): Promise<void> {
  if (!currentSignIn.hasRunOut()) return
  const link = event.currentTarget as HTMLAnchorElement
  event.preventDefault()
  if ((await currentSignIn.renew()) === 'renewed') link.click()
}
