/** What is looked for by its name. */
import { query } from '@/platform/graphql'

import { Accounts } from '../documents'
import type { Choice } from '../ui/choice'
import { AllRooms, AllTopics } from './documents'

const OFFERED = 8

export async function peopleLike(search: string): Promise<Choice[]> {
  const { accounts } = await query(Accounts, { search, closed: false }, { fresh: true })
  return accounts.nodes
    .slice(0, OFFERED)
    .map(({ user }) => ({ id: user.id, name: user.name, about: `@${user.username}` }))
}

export async function roomsLike(search: string): Promise<Choice[]> {
  const asked = { search, order: 'NAME', descending: false } as const
  const { allRooms } = await query(AllRooms, asked, { fresh: true })
  return allRooms.nodes
    .slice(0, OFFERED)
    .map(({ id, name, course, host }) => ({ id, name, about: course?.code ?? host.name }))
}

export async function topicsLike(search: string): Promise<Choice[]> {
  const { allTopics } = await query(AllTopics, { search }, { fresh: true })
  return allTopics.nodes.slice(0, OFFERED).map(({ topic }) => topic)
}
