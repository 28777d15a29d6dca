/** From an operation to the server and back: the CSRF header, files, the quiet renewal of a sign-in. */
import {
  ApolloLink,
  from,
  fromPromise,
  HttpLink,
  Observable,
  type Operation,
  type ServerError,
  split,
} from '@apollo/client/core'
import { setContext } from '@apollo/client/link/context'
import { onError } from '@apollo/client/link/error'

import { csrfHeaders, requestCsrf } from '../csrf'
import { errorsInBody } from './refusal'

/** What asking for a new access token came to. */
export type Renewal = 'renewed' | 'signedOut' | 'unreachable'

/** What requests must know of a sign-in. */
export interface SignIn {
  /** Whether the access token has run out: the server would then answer as to a stranger. */
  hasRunOut: () => boolean
  renew: () => Promise<Renewal>
}

export interface RequestContext {
  /** False: not the answer to the same question that is under way, but one asked from now on. */
  queryDeduplication?: boolean
  /** For the operations that sign in and renew: their refusal is the answer. */
  withoutRenewal?: boolean
  /** Hear how much of an upload has gone, from 0 to 1. */
  onProgress?: (share: number) => void
}

/**
 * The links in their order. A token that has run out is renewed first (a computer slept, say); an operation refused
 * as UNAUTHENTICATED is tried once more after a renewal.
 */
export function createLink(signIn: SignIn): ApolloLink {
  const fresh = setContext(async (_, { withoutRenewal }: RequestContext) => {
    if (!withoutRenewal && signIn.hasRunOut()) await signIn.renew()
    return {}
  })
  const renewal = onError(({ graphQLErrors, networkError, operation, response, forward }) => {
    const errors = graphQLErrors ?? errorsInBody(networkError)
    const isRefused = errors.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED')
    if (!isRefused || contextOf(operation).withoutRenewal) return undefined
    return fromPromise(signIn.renew()).flatMap((renewed) => {
      if (renewed === 'renewed') return forward(operation)
      return response ? Observable.of(response) : throwing(networkError)
    })
  })
  // GraphQL's own refusals are 200 or 400: 403 is the door's, for a CSRF token of another session.
  const csrfAgain = onError(({ networkError, operation, forward }) => {
    if ((networkError as Partial<ServerError> | undefined)?.statusCode !== 403) return undefined
    return fromPromise(requestCsrf()).flatMap(() => forward(operation))
  })
  const csrf = setContext(async (_, { headers }: { headers?: Record<string, string> }) => ({
    headers: { ...headers, ...(await csrfHeaders()) },
  }))
  const progress = setContext((_, { onProgress }: RequestContext) =>
    onProgress ? { fetchOptions: { onProgress } } : {},
  )
  const plain = new HttpLink({ uri: '/graphql/', credentials: 'same-origin' })
  return from([fresh, renewal, csrfAgain, csrf, progress, split(carriesFiles, multipart, plain)])
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
