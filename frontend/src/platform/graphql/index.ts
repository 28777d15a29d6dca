/**
 * GraphQL: one Apollo client for documents (streams live elsewhere, see platform/realtime).
 *
 * In components use `useQuery` of @vue/apollo-composable; in stores and on submit, `query` and `mutate`, which throw
 * a `Refusal` and nothing else.
 */
import {
  ApolloClient,
  InMemoryCache,
  type OperationVariables,
  type TypedDocumentNode,
} from '@apollo/client/core'

import { createLink, type RequestContext, type SignIn } from './link'
import { asRefusal, Refusal } from './refusal'

export type { Renewal, RequestContext, SignIn } from './link'
export { asRefusal, CODES, Refusal, refusalIn, type Code } from './refusal'
export { type FieldErrors, useSubmission } from './submission'
export { wordsOf } from './words'

let signIn: SignIn = { hasRunOut: () => false, renew: () => Promise.resolve('signedOut') }

/** Say how the sign-in stands and is renewed; auth does, at boot. */
export function provideSignIn(given: SignIn): void {
  signIn = given
}

/** The sign-in as it stands now, whoever provided it. */
export const currentSignIn: SignIn = { hasRunOut: () => signIn.hasRunOut(), renew: () => signIn.renew() }

export const client = new ApolloClient({
  link: createLink(currentSignIn),
  cache: new InMemoryCache(),
  assumeImmutableResults: true,
  defaultOptions: { watchQuery: { fetchPolicy: 'cache-and-network', nextFetchPolicy: 'cache-first' } },
})

interface QueryOptions {
  /** Ask the server even if the answer is known. */
  fresh?: boolean
  context?: RequestContext
}

export async function query<Data, Variables extends OperationVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  { fresh = false, context }: QueryOptions = {},
): Promise<Data> {
  try {
    const fetchPolicy = fresh ? 'network-only' : 'cache-first'
    return (await client.query({ query: document, variables, fetchPolicy, ...(context && { context }) })).data
  } catch (error) {
    throw asRefusal(error)
  }
}

export async function mutate<Data, Variables extends OperationVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  context: RequestContext = {},
): Promise<Data> {
  try {
    const { data } = await client.mutate({ mutation: document, variables, context })
    if (!data) throw new Refusal('INTERNAL')
    return data
  } catch (error) {
    throw asRefusal(error)
  }
}
