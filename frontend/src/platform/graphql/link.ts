/** From an operation to the server and back: the CSRF header, files, the quiet renewal of a sign-in. */
import {
  ApolloLink,
  from,
  fromPromise,
  HttpLink,
  Observable,
  type Operation,
  split,
} from '@apollo/client/core'
import { setContext } from '@apollo/client/link/context'
import { onError } from '@apollo/client/link/error'

import { csrfHeaders } from '../csrf'
import { errorsInBody } from './refusal'

/** What asking for a new access token came to. */
export type Renewal = 'renewed' | 'signedOut' | 'unreachable'
export type Renew = () => Promise<Renewal>

export interface RequestContext {
  /** For the operations that sign in and renew: their refusal is the answer. */
  withoutRenewal?: boolean
  /** Hear how much of an upload has gone, from 0 to 1. */
  onProgress?: (share: number) => void
}

/** The links in their order. An operation refused as UNAUTHENTICATED is tried once more after a renewal. */
export function createLink(renew: Renew): ApolloLink {
  const renewal = onError(({ graphQLErrors, networkError, operation, response, forward }) => {
    const errors = graphQLErrors ?? errorsInBody(networkError)
    const isRefused = errors.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED')
    if (!isRefused || contextOf(operation).withoutRenewal) return undefined
    return fromPromise(renew()).flatMap((renewed) => {
      if (renewed === 'renewed') return forward(operation)
      return response ? Observable.of(response) : throwing(networkError)
    })
  })
  const csrf = setContext(async (_, { headers }: { headers?: Record<string, string> }) => ({
    headers: { ...headers, ...(await csrfHeaders()) },
  }))
  const progress = setContext((_, { onProgress }: RequestContext) =>
    onProgress ? { fetchOptions: { onProgress } } : {},
  )
  const plain = new HttpLink({ uri: '/graphql/', credentials: 'same-origin' })
  return from([renewal, csrf, progress, split(carriesFiles, multipart, plain)])
}

/** The arguments of our operations are flat: a file is never deeper. */
function carriesFiles({ variables }: Operation): boolean {
  return Object.values(variables).some((value) => value instanceof Blob)
}

const multipart = new ApolloLink((operation) =>
  fromPromise(import('./upload')).flatMap(
    ({ uploadLink }) => uploadLink.request(operation) ?? Observable.of(),
  ),
)

function contextOf(operation: Operation): RequestContext {
  return operation.getContext()
}

function throwing(error: unknown): Observable<never> {
  return new Observable((observer) => observer.error(error))
}
