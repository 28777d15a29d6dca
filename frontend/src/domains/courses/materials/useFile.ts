import { onScopeDispose, reactive } from 'vue'

import { asRefusal, wordsOf } from '@/platform/graphql'
import { takeBack, upload } from '@/platform/upload'

const DOOR = '/api/files/'

/** One file on its way, or waiting at the server. */
export interface OneFile {
  name: string
  /** From 0 to 1; 1 is also while the server looks at it. */
  progress: number
  isSending: boolean
  /** By what name the server keeps it for now. */
  id: string | null
  /** Why it was not sent, in words. */
  problem: string
}

interface Sending {
  file: OneFile
  send: (chosen: File) => Promise<void>
  /** It belongs to something now, and is not taken back. */
  keep: () => void
}

/** Sends one file; what is not used is taken back. */
export function useFile(): Sending {
  const file = reactive<OneFile>({ name: '', progress: 0, isSending: false, id: null, problem: '' })
  let way = new AbortController()

  async function send(chosen: File): Promise<void> {
    drop()
    const { signal } = (way = new AbortController())
    Object.assign(file, { name: chosen.name, progress: 0, isSending: true, problem: '' })
    try {
      const onProgress = (share: number): void => {
        if (!signal.aborted) file.progress = share
      }
      const sent = (await upload(DOOR, chosen, chosen.name, { onProgress, signal })) as { id: string }
      if (signal.aborted) takeAway(sent.id)
      else file.id = sent.id
    } catch (refused) {
      if (!signal.aborted) file.problem = wordsOf(asRefusal(refused))
    }
    if (!signal.aborted) file.isSending = false
  }

  function drop(): void {
    way.abort()
    if (file.id) takeAway(file.id)
    keep()
  }

  function keep(): void {
    file.id = null
  }

  onScopeDispose(drop)
  return { file, send, keep }
}

/** If it fails, the server sweeps it away in time. */
function takeAway(fileId: string): void {
  takeBack(DOOR + fileId).catch(() => undefined)
}
