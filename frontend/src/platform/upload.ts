/** Sending one file to a door of the server that is not GraphQL's, with its progress. */
import { csrfHeaders, requestCsrf } from './csrf'
import { currentSignIn, Refusal, refusalIn } from './graphql'
import { fetchWithProgress } from './graphql/progress'

interface UploadOptions {
  /** Hear how much of it has gone, from 0 to 1. */
  onProgress: (share: number) => void
  /** Cancels it; the promise is then rejected with an AbortError. */
  signal: AbortSignal
}

const UNAUTHENTICATED = 401
const FORBIDDEN = 403

/** Send a file and return what the server answers. Throws a `Refusal`, or an AbortError when it was cancelled. */
export async function upload(
  address: string,
  file: Blob,
  name: string,
  options: UploadOptions,
): Promise<unknown> {
  if (currentSignIn.hasRunOut()) await currentSignIn.renew()
  let answer = await send(address, file, name, options)
  if (answer.status === UNAUTHENTICATED && (await currentSignIn.renew()) === 'renewed')
    answer = await send(address, file, name, options)
  else if (answer.status === FORBIDDEN) {
    // Perhaps the CSRF token was another session's.
    await requestCsrf()
    answer = await send(address, file, name, options)
  }
  const body: unknown = await answer.json().catch(() => null)
  if (!answer.ok) throw refusalIn(body, answer.status)
  return body
}

/** Take back what was sent to a door. Nothing follows from a failure: it is swept away in time. */
export async function takeBack(address: string): Promise<void> {
  await fetch(address, {
    method: 'DELETE',
    credentials: 'same-origin',
    headers: await csrfHeaders(),
    keepalive: true,
  })
}

async function send(
  address: string,
  file: Blob,
  name: string,
  { onProgress, signal }: UploadOptions,
): Promise<Response> {
  const body = new FormData()
  body.set('file', file, name)
  const headers = await csrfHeaders()
  signal.throwIfAborted()
  try {
    return await fetchWithProgress(address, { method: 'POST', headers, body, signal, onProgress })
  } catch (error) {
    if (signal.aborted) throw error
    throw new Refusal('NETWORK')
  }
}
