import { ApolloError } from '@apollo/client/core'
import { GraphQLError } from 'graphql'
import { expect, it } from 'vitest'

import { asRefusal, Refusal } from './refusal'

const refused = (message: string, extensions: Record<string, unknown>) =>
  asRefusal(new ApolloError({ graphQLErrors: [new GraphQLError(message, { extensions })] }))

it('keeps the server’s sentence, its code and what is wrong by field', () => {
  const refusal = refused('This is taken.', { code: 'INVALID', errors: { username: ['This is taken.'] } })
  expect(refusal).toMatchObject({
    code: 'INVALID',
    message: 'This is taken.',
    errors: { username: ['This is taken.'] },
  })
})

it('keeps how long to wait', () => {
  const refusal = refused('Too fast.', { code: 'TOO_MANY', retryAfter: 7.5 })
  expect(refusal.retryAfter).toBe(7.5)
  expect(refusal.tryAgain).toBe(true)
})

it('shows no words that were not meant for people', () => {
  expect(refused('KeyError: "secret"', {})).toMatchObject({ code: 'INTERNAL', message: '' })
  expect(refused('x', { code: 'INVALID', errors: 'not a map' }).errors).toEqual({})
})

it('reads the errors of a document that could not run', () => {
  const body = { errors: [{ message: 'Too deep.', extensions: { code: 'TOO_COMPLEX' } }] }
  const networkError = Object.assign(new Error('400'), {
    statusCode: 400,
    result: body,
    response: new Response(),
  })
  expect(asRefusal(new ApolloError({ networkError }))).toMatchObject({
    code: 'TOO_COMPLEX',
    message: 'Too deep.',
  })
})

it('tells a silent network from a server that is busy', () => {
  const answered = (statusCode: number) =>
    new ApolloError({
      networkError: Object.assign(new Error(), { statusCode, result: '', response: new Response() }),
    })
  expect(asRefusal(new ApolloError({ networkError: new TypeError('Failed to fetch') })).code).toBe('NETWORK')
  expect(asRefusal(answered(503)).code).toBe('UNAVAILABLE')
  expect(asRefusal(answered(502)).code).toBe('INTERNAL')
})

it('leaves a refusal as it is, and takes anything else for a fault of ours', () => {
  const refusal = new Refusal('FORBIDDEN')
  expect(asRefusal(refusal)).toBe(refusal)
  expect(asRefusal('what?').code).toBe('INTERNAL')
})
