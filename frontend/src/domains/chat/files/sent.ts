import type { SentFile } from '../language'

export type Picture = SentFile & { width: number; height: number }

/** Where a file can be fetched by those who read its room. */
export function addressOf({ id, name }: SentFile): string {
  return `/media/files/${id}/${encodeURIComponent(name)}`
}

export function thumbnailOf({ id }: SentFile): string {
  return `/media/files/${id}/thumbnail`
}

/** Only what the server drew anew has a size in pixels, and only that is shown in the page. */
export function isPicture(file: SentFile): file is Picture {
  return typeof file.width === 'number' && typeof file.height === 'number'
}
