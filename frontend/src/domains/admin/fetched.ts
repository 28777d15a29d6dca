import type { OperationVariables, TypedDocumentNode } from '@apollo/client/core'

import { asRefusal, client } from '@/platform/graphql'

/** Ask for a page of a list. Nothing of it is kept beside the list: a hundred thousand rows would stay in memory. */
export async function fetched<Data, Variables extends OperationVariables>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Promise<Data> {
  try {
    return (await client.query({ query: document, variables, fetchPolicy: 'no-cache' })).data
  } catch (error) {
    throw asRefusal(error)
  }
}
