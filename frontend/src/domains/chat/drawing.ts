/** How words and files are drawn, for other parts of the app that show them. Fetched whole, by `loadDrawing`. */
import { loadFileWords } from './files/words'
import { loadMarkdown } from './MessageBody'

export { choose } from './files/choice'
export { isPicture, type Picture } from './files/sent'
export { MessageBody as Prose } from './MessageBody'
export { default as Files } from './ui/MessageFiles.vue'
export { default as PictureViewer } from './ui/PictureViewer.vue'

/** What they need besides. Without Markdown, words stand as they were written. */
export async function prepare(): Promise<void> {
  await Promise.all([loadFileWords(), loadMarkdown().catch(() => undefined)])
}
