/** What draws words and files, of the chat; at hand by the time that anything here is drawn (MaterialsTab.vue). */
import { defineAsyncComponent } from 'vue'

import { loadDrawing } from '@/domains/chat'

export const Prose = defineAsyncComponent(async () => (await loadDrawing()).Prose)
export const Files = defineAsyncComponent(async () => (await loadDrawing()).Files)
export const PictureViewer = defineAsyncComponent(async () => (await loadDrawing()).PictureViewer)
