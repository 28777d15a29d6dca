import { reactive } from 'vue'

/** What lies over every screen, and whether it is open. */
export const overlays = reactive({ palette: false, keys: false })
