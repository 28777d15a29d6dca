// @vitest-environment node
import { createCoreContext, translate } from '@intlify/core-base'
import { expect, it } from 'vitest'

import { compiled } from './messages'

function say(message: string, given: number | Record<string, string> = {}): unknown {
  // What the build writes into a chunk is a program.
  const read = Function(`return ${compiled(message, 'en.ts')}`) as () => string // eslint-disable-line @typescript-eslint/no-implied-eval
  const context = createCoreContext({ locale: 'en', messages: { en: { message: read() } } })
  const speak: (...given: never[]) => unknown = translate
  return speak(...([context, 'message', given] as never[]))
}

it('leaves a plain message as it is', () => {
  expect(compiled('Sign in', 'en.ts')).toBe('"Sign in"')
  expect(say('Sign in')).toBe('Sign in')
})

it('fills the blanks', () => {
  expect(say('Welcome, {name}.', { name: 'Ada' })).toBe('Welcome, Ada.')
})

it('keeps signs that mean something in a template', () => {
  expect(say('`{name}` costs $5 \\ {name}', { name: 'x' })).toBe('`x` costs $5 \\ x')
})

it('chooses the plural form', () => {
  expect(say('{n} person | {n} people', 1)).toBe('1 person')
  expect(say('{n} person | {n} people', 7)).toBe('7 people')
})

it('refuses what it does not understand, and says where', () => {
  expect(() => compiled('See @:other', 'en.ts')).toThrow(/en\.ts: “See @:other”/)
})
