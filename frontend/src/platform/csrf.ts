/** The CSRF token: a cookie that we may read, sent back as a header on every write. */
import Cookies from 'js-cookie'

const COOKIE = 'csrftoken'
export const CSRF_HEADER = 'X-CSRFToken'
const PATIENCE = 1000

let asked: Promise<void> | undefined

/** The token now in the cookie: signing in replaces it, so it is read anew each time. */
export function csrfToken(): string | undefined {
  return Cookies.get(COOKIE)
}

/** Ask the server for a token, for a second at most. Without an answer the page goes on: the next write asks again. */
export function requestCsrf(): Promise<void> {
  asked ??= fetch('/api/csrf/', { credentials: 'same-origin', signal: AbortSignal.timeout(PATIENCE) })
    .then(
      () => undefined,
      () => undefined,
    )
    .finally(() => (asked = undefined))
  return asked
}

/** The headers of a write, after asking for a token if there is none yet. */
export async function csrfHeaders(): Promise<Record<string, string>> {
  if (!csrfToken()) await requestCsrf()
  const token = csrfToken()
  return token ? { [CSRF_HEADER]: token } : {}
}
