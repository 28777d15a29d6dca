/** What was kept with a report: messages as they were, the reported one last; or a profile. */

export interface Quote {
  id: string
  name: string
  body: string
  created: string
  files: string[]
  /** It was taken back before. */
  isRemoved: boolean
}

export interface Snapshot {
  quotes: Quote[]
  profile?: { name: string; username: string; bio: string; avatar: string }
}

type Given = Record<string, unknown>

export function snapshotOf(given: unknown): Snapshot {
  if (!isRecord(given)) return { quotes: [] }
  const quotes = Array.isArray(given.messages) ? given.messages.filter(isRecord).map(quoteOf) : []
  if (!isRecord(given.profile)) return { quotes }
  const { profile } = given
  return {
    quotes,
    profile: {
      ...{ name: text(profile.name), username: text(profile.username) },
      ...{ bio: text(profile.bio), avatar: text(profile.avatar) },
    },
  }
}

function quoteOf(message: Given): Quote {
  const files = Array.isArray(message.files) ? message.files.filter(isRecord) : []
  return {
    ...{ id: text(message.id), body: text(message.body), created: text(message.created) },
    name: isRecord(message.user) ? text(message.user.name) : '',
    files: files.map((file) => text(file.name)),
    isRemoved: message.removed === true,
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function isRecord(value: unknown): value is Given {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
