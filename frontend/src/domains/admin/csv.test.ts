import { expect, it } from 'vitest'

import { csvOf } from './csv'

it('keeps commas, quotes and lines within their cell', () => {
  expect(
    csvOf([
      ['Name', 'Said'],
      ['Kalēja, Emma', 'a "word"\nand more'],
    ]),
  ).toBe('Name,Said\r\n"Kalēja, Emma","a ""word""\nand more"\r\n')
})

it.each(['=1+1', '+371', '-2', '@SUM(A1)', '\tx'])('hands over no formula: %s', (given) => {
  expect(csvOf([[given]])).toBe(`'${given}\r\n`)
})

it('leaves numbers and what merely contains such a sign', () => {
  expect(csvOf([[3, 'emma@school.example', 'a-b']])).toBe('3,emma@school.example,a-b\r\n')
})
