import type { Author, Change, Message } from './language'
import type { Page } from './timeline'

/** The cast and their words, for tests. */
export const ada: Author = { id: 'ada', username: 'ada', name: 'Ada Lovelace', avatar: '' }
export const grace: Author = { id: 'grace', username: 'grace', name: 'Grace Hopper', avatar: '' }

const START = Date.UTC(2026, 10, 23, 10, 0)
const MINUTES = 60_000

export function message(number: number, words: Partial<Message> = {}): Message {
  const created = new Date(START + number * MINUTES).toISOString()
  return {
    id: `message-${number}`,
    number,
    clientId: `client-${number}`,
    user: ada,
    body: `words ${number}`,
    edited: false,
    removed: false,
    parentId: null,
    files: [],
    created,
    updated: created,
    ...words,
  }
}

export function posted(number: number, words: Partial<Message> = {}): Change {
  return { type: 'message.posted', roomId: 'lab', number, message: message(number, words) }
}

export function edited(number: number, of: number, body: string): Change {
  return { type: 'message.edited', roomId: 'lab', number, message: message(of, { body, edited: true }) }
}

export function removed(number: number, of: number, words: Partial<Message> = {}): Change {
  return {
    type: 'message.removed',
    roomId: 'lab',
    number,
    message: message(of, { body: '', removed: true, ...words }),
  }
}

export function page(from: number, to: number, more: Partial<Page> = {}): Page {
  const nodes = Array.from({ length: to - from + 1 }, (_, index) => message(from + index))
  return { nodes, hasOlder: from > 1, hasNewer: false, lastNumber: to, ...more }
}
