import { expect, it } from 'vitest'

import { concerned, type Found } from './deeds'

const person = { id: 'b', username: 'ben', name: 'Ben', avatar: '' }

function found(id: string, more: Partial<Found> = {}): Found {
  const message = {
    id,
    number: 1,
    body: '',
    edited: false,
    created: '2026-11-23T10:00:00Z',
    user: person,
    files: [],
  }
  const room = { roomId: 'r', room: 'Biology', roomKind: 'OPEN' } as const
  return { ...room, removed: null, removedBy: null, takenBack: false, message, ...more }
}

it('removes what is there, and restores what its author did not take back', () => {
  const removed = '2026-11-23T10:00:00Z'
  const messages = [
    found('said'),
    found('removed', { removed }),
    found('taken', { removed, takenBack: true }),
  ]
  expect(concerned('remove', messages)).toEqual(['said'])
  expect(concerned('restore', messages)).toEqual(['removed'])
})
