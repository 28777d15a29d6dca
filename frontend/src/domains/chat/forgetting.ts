import { readJson, storage, writeJson } from '@/platform/storage'

import { BrowserOutboxStore } from './outboxStore'

const KEY = 'edusphere.forget'
const isList = (value: unknown): value is string[] => Array.isArray(value)

/**
 * Leave nothing of what this person did not send on this computer.
 *
 * Signing out leaves the page at once, and a database may not have been done by then. So it is noted first, and
 * finished at the next start.
 */
export function forgetOutbox(personId: string): void {
  writeJson(KEY, [...(readJson(KEY, isList) ?? []), personId])
  void finishForgetting()
}

export async function finishForgetting(): Promise<void> {
  const kept = new BrowserOutboxStore()
  try {
    for (const personId of readJson(KEY, isList) ?? []) await kept.forget(personId)
    storage.removeItem(KEY)
  } catch {
    // A browser that gives no storage kept nothing either.
  }
}
