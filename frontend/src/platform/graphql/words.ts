/** A refusal in words: the server's own sentence where it has one, otherwise ours for its code. */
import { i18n } from '../i18n'
import { type Code, Refusal } from './refusal'

export function wordsOf(refusal: Refusal): string {
  const { t } = i18n.global
  if (refusal.code === 'TOO_MANY' && refusal.retryAfter !== undefined)
    return t('refusal.TOO_MANY_SECONDS', Math.max(1, Math.ceil(refusal.retryAfter)))
  return refusal.message || t(`refusal.${refusal.code satisfies Code}`)
}
