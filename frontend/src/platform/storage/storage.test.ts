import { beforeEach, expect, it } from 'vitest'

import { fallingBack, readJson, writeJson } from '.'

const isNumbers = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'number')

beforeEach(() => localStorage.clear())

it('reads what it wrote', () => {
  writeJson('edusphere.test', [1, 2])
  expect(readJson('edusphere.test', isNumbers)).toEqual([1, 2])
})

it('takes what is broken or of another shape for nothing', () => {
  localStorage.setItem('edusphere.test', '{not json')
  expect(readJson('edusphere.test', isNumbers)).toBeUndefined()
  localStorage.setItem('edusphere.test', '["1"]')
  expect(readJson('edusphere.test', isNumbers)).toBeUndefined()
})

it('keeps things until the page is closed where the browser forbids storage', () => {
  const store = fallingBack(() => {
    throw new DOMException('denied', 'SecurityError')
  })
  store.setItem('key', 'value')
  expect(store.getItem('key')).toBe('value')
  store.removeItem('key')
  expect(store.getItem('key')).toBeNull()
})
