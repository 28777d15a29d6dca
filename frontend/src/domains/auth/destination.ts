import { storage } from '@/platform/storage'

import { safeNext } from './rules'

const KEY = 'edusphere.next'

/** Remember where somebody wanted to go who must prove their address first: the mail's link opens a page of its own. */
export function keepDestination(next: unknown): void {
  storage.setItem(KEY, safeNext(next))
}

/** Where they wanted to go, once; home if nowhere else. */
export function takeDestination(): string {
  const kept = safeNext(storage.getItem(KEY))
  storage.removeItem(KEY)
  return kept
}
