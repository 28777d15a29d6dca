/** Who I am in the school and what I may do there, asked anew: the screens follow the answers. */
import { useAuth } from '@/domains/auth'
import { query } from '@/platform/graphql'

import { useChat } from '../store'
import { Myself } from './documents'

let asked = 0

export async function askWhoIAm(): Promise<void> {
  const turn = ++asked
  // A question under way may have been answered before what this one is asked for.
  const { me } = await query(Myself, {}, { fresh: true, context: { queryDeduplication: false } })
  const auth = useAuth()
  if (!me || me.id !== auth.user?.id || turn !== asked) return
  auth.update(me)
  useChat().me = me
}
