/** Who I am in the school and what I may do there, asked anew: the screens follow the answers. */
import { useAuth } from '@/domains/auth'
import { query } from '@/platform/graphql'

import { useChat } from '../store'
import { Myself } from './documents'

export async function askWhoIAm(): Promise<void> {
  const { me } = await query(Myself, {}, { fresh: true })
  const auth = useAuth()
  if (!me || me.id !== auth.user?.id) return
  auth.update(me)
  useChat().me = me
}
