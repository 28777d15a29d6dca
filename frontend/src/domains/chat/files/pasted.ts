import type { ComposerTranslation } from 'vue-i18n'

/** The browser's name for every picture that was copied from somewhere. */
const NAMELESS = /^image\.(\w+)$/

/** The files in what is pasted; none where it is words, of which programs add a picture. */
export function filesIn(data: DataTransfer | null, t: ComposerTranslation): File[] {
  if (data === null || (data.types.includes('text/plain') && data.types.includes('text/html'))) return []
  return [...data.files].map((file) => {
    const [, ending] = NAMELESS.exec(file.name) ?? []
    if (ending === undefined) return file
    const time = new Date().toLocaleString('sv').replaceAll(':', '.')
    return new File([file], t('files.pasted', { time, ending }), { type: file.type })
  })
}
