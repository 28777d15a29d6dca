import { describe, expect, it } from 'vitest'

import { choose } from './choice'

const limits = { fileLimit: 1000, filesPerMessage: 3 }
const file = (name: string, ...parts: BlobPart[]): File => new File(parts, name)
const essay = (name = 'essay.txt'): File => file(name, 'MZ is how some words begin.')
const names = (files: readonly File[]): string[] => files.map(({ name }) => name)

describe('files that are chosen', () => {
  it('are taken in their order', async () => {
    const { taken, refused, leftOut } = await choose([essay('a'), essay('b')], limits, () => 0)
    expect([names(taken), refused, leftOut]).toEqual([['a', 'b'], [], []])
  })

  it('are refused with the reason: too large, empty, a program', async () => {
    const given = [
      file('film', new Uint8Array(1001)),
      file('nothing'),
      file('windows', new Uint8Array([0x4d, 0x5a, 0x90, 0])),
      file('linux', new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 2])),
      essay(),
    ]
    const { taken, refused } = await choose(given, limits, () => 0)
    expect(names(taken)).toEqual(['essay.txt'])
    expect(refused.map(({ file: { name }, why }) => [name, why])).toEqual([
      ['film', 'tooLarge'],
      ['nothing', 'empty'],
      ['windows', 'program'],
      ['linux', 'program'],
    ])
  })

  it('are refused where they cannot be read, as a folder', async () => {
    const folder = file('homework', 'x')
    folder.slice = () => ({ arrayBuffer: () => Promise.reject(new Error('NotFound')) }) as never
    const { refused } = await choose([folder], limits, () => 0)
    expect(refused).toMatchObject([{ why: 'unreadable' }])
  })

  it('are left out above what a message takes, counting those it has by then', async () => {
    const { taken, leftOut } = await choose([essay('a'), essay('b'), essay('c')], limits, () => 1)
    expect([names(taken), names(leftOut)]).toEqual([['a', 'b'], ['c']])
  })

  it('are the server’s to judge as long as its limits are not known', async () => {
    const { taken } = await choose([file('film', new Uint8Array(5000))], undefined, () => 99)
    expect(names(taken)).toEqual(['film'])
  })
})
