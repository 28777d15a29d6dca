/** How the server says no, in one shape whatever the door: contract.md's codes, and NETWORK when nothing answered. */
import { ApolloError, type ServerError } from '@apollo/client/core'

export const CODES = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'INVALID',
  'CONFLICT',
  'TOO_MANY',
  'UNAVAILABLE',
  'TOO_COMPLEX',
  'INTERNAL',
  'NETWORK',
] as const
export type Code = (typeof CODES)[number]

interface Details {
  /** From argument to what is wrong with it: for forms. */
  errors?: Record<string, string[]>
  /** Seconds to wait. */
  retryAfter?: number
}

/** A refusal. `message` is the server's sentence for people; empty when there was none. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: Code
  readonly errors: Record<string, string[]>
  readonly retryAfter: number | undefined

  constructor(code: Code, message = '', { errors = {}, retryAfter }: Details = {}) {
    super(message)
    this.code = code
    this.errors = errors
    this.retryAfter = retryAfter
  }

  /** Whether the same request, unchanged, may succeed later. */
  get tryAgain(): boolean {
    return ['TOO_MANY', 'UNAVAILABLE', 'NETWORK'].includes(this.code)
  }
}

/** Whatever was thrown, as a refusal. */
export function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  if (!(error instanceof ApolloError)) return new Refusal('INTERNAL')
  const [first] = error.graphQLErrors.length ? error.graphQLErrors : errorsInBody(error.networkError)
  if (first) return ofGraphQL(first)
  const status = (error.networkError as ServerError | null)?.statusCode
  return new Refusal(
    status && status < 500 ? 'INTERNAL' : status === 503 ? 'UNAVAILABLE' : status ? 'INTERNAL' : 'NETWORK',
  )
}

/** The refusal in an answer of a door that is not GraphQL's; it has the same shape. */
export function refusalIn(body: unknown, status: number): Refusal {
  const errors = (body as { errors?: unknown } | null)?.errors
  const [first] = Array.isArray(errors) ? (errors as Said[]) : []
  return first ? ofGraphQL(first) : new Refusal(status >= 502 ? 'UNAVAILABLE' : 'INTERNAL')
}

interface Said {
  message: string
  extensions?: Record<string, unknown> | undefined
}

function ofGraphQL({ message, extensions = {} }: Said): Refusal {
  const { code, errors, retryAfter } = extensions
  const known = CODES.find((name) => name === code)
  // Without a code of ours the words are not meant for people.
  return new Refusal(known ?? 'INTERNAL', known ? message : '', {
    ...(isErrors(errors) && { errors }),
    ...(typeof retryAfter === 'number' && { retryAfter }),
  })
}

/** A document that cannot run is answered 400 with its errors: Apollo calls that a network error. */
export function errorsInBody(error: unknown): Said[] {
  const result = (error as ServerError | null)?.result
  if (typeof result !== 'object' || !Array.isArray(result.errors)) return []
  return result.errors as Said[]
}

function isErrors(value: unknown): value is Record<string, string[]> {
  return typeof value === 'object' && value !== null && Object.values(value).every(Array.isArray)
}
