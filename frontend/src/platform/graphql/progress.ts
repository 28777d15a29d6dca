/** `fetch`, which cannot tell how much of an upload has gone; with `onProgress` an XMLHttpRequest does it instead. */

interface WithProgress extends RequestInit {
  onProgress?: (share: number) => void
}

export function fetchWithProgress(input: RequestInfo | URL, init: WithProgress = {}): Promise<Response> {
  const { onProgress, ...plain } = init
  return onProgress ? upload(input, plain, onProgress) : fetch(input, plain)
}

function upload(
  input: RequestInfo | URL,
  init: RequestInit,
  onProgress: (share: number) => void,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open(init.method ?? 'POST', input instanceof Request ? input.url : input)
    new Headers(init.headers).forEach((value, name) => request.setRequestHeader(name, value))
    request.upload.addEventListener('progress', ({ loaded, total, lengthComputable }) => {
      if (lengthComputable) onProgress(loaded / total)
    })
    request.addEventListener('load', () =>
      resolve(
        new Response(request.responseText, {
          status: request.status,
          headers: { 'Content-Type': request.getResponseHeader('Content-Type') ?? '' },
        }),
      ),
    )
    request.addEventListener('error', () => reject(new TypeError('The upload did not arrive.')))
    request.addEventListener('abort', () =>
      reject(new DOMException('The upload was cancelled.', 'AbortError')),
    )
    init.signal?.addEventListener('abort', () => request.abort())
    request.send(init.body as XMLHttpRequestBodyInit | null)
  })
}
