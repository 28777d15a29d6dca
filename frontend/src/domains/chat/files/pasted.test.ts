import { expect, it } from 'vitest'

import { filesIn } from './pasted'

const t = ((key: string, given: object) => `${key} ${Object.keys(given).join()}`) as never
const png = new File(['png'], 'image.png', { type: 'image/png' })
const pasted = (types: string[], ...files: File[]): DataTransfer => ({ types, files }) as never

it('a picture that was copied gets a name of its own', () => {
  expect(filesIn(pasted(['text/html', 'Files'], png), t)).toMatchObject([
    { name: 'files.pasted time,ending', type: 'image/png' },
  ])
})

it('a file that was copied keeps its name', () => {
  const report = new File(['%PDF'], 'report.pdf')
  expect(filesIn(pasted(['text/plain', 'Files'], report), t)).toEqual([report])
})

it('words of a program that adds a picture of them stay words', () => {
  expect(filesIn(pasted(['text/plain', 'text/html', 'Files'], png), t)).toEqual([])
})
