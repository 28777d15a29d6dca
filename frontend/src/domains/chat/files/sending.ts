/** How files are sent from this page: to which door, and what follows from each refusal. */
import { asRefusal, wordsOf } from '@/platform/graphql'
import { i18n } from '@/platform/i18n'
import { systemClock } from '@/platform/realtime'
import { takeBack, upload } from '@/platform/upload'

import type { SentFile } from '../language'
import { Uploads, type Failure, type UploadsOptions } from './uploads'

const DOOR = '/api/files/'
const SECONDS = 1000
const LONGEST_PAUSE = 30 * SECONDS
/** A minute in which it did not work. Then it waits for a person, who may know why. */
const ATTEMPTS = 6
const PICTURES = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/gif'])

/** Everything about uploads that is the browser's and not the rules'. */
const browser = {
  clock: systemClock,
  send: async (blob, name, onProgress, signal) =>
    (await upload(DOOR, blob, name, { onProgress, signal })) as SentFile,
  failure: (error, attempt): Failure => {
    const refusal = asRefusal(error)
    const passes = refusal.tryAgain || refusal.code === 'UNAUTHENTICATED'
    const pause = Math.min(LONGEST_PAUSE, SECONDS * 2 ** attempt)
    const asked = (refusal.retryAfter ?? 0) * SECONDS
    return {
      why: wordsOf(refusal),
      retryAfter: passes && attempt < ATTEMPTS ? Math.max(pause, asked) : null,
      isFinal: refusal.code === 'INVALID',
    }
  },
  lost: () => i18n.global.t('files.lost'),
  takeBack: (fileId) => void takeBack(DOOR + fileId).catch(() => undefined),
  preview: (blob) => (PICTURES.has(blob.type) ? URL.createObjectURL(blob) : ''),
  measure: async (preview) => {
    const picture = new Image()
    picture.src = preview
    await picture.decode()
    return { width: picture.naturalWidth, height: picture.naturalHeight }
  },
  forgetPreview: (address) => URL.revokeObjectURL(address),
} satisfies Partial<UploadsOptions>

/** Open the way for one person's files. */
export function openUploads(ties: Omit<UploadsOptions, keyof typeof browser>): Uploads {
  return new Uploads({ ...browser, ...ties })
}
