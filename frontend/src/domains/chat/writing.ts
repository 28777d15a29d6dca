import { defineStore } from 'pinia'
import { ref } from 'vue'

import { storage } from '@/platform/storage'

/** How a person likes to write; kept on the device. */
export const useWriting = defineStore(
  'writing',
  () => {
    // On a phone Enter is for the next line: there is a button to send.
    const enterSends = ref(!matchMedia('(pointer: coarse)').matches)
    return { enterSends }
  },
  { persist: { key: 'edusphere.writing', storage } },
)
