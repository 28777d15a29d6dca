/** Who I am in the school and what I may do there, asked anew: the screens follow the answers. */
import { useAuth } from '@/domains/auth'
import { query } from '@/platform/graphql'

import { UNHEARD } from '../news'
import { useChat } from '../store'
import { Myself } from './documents'

export async function askWhoIAm(): Promise<void> {
  const { me } = await query(Myself, {}, { fresh: true })
  const auth = useAuth()
  if (!me || me.id !== auth.user?.id) return
  const chat = useChat()
  const isOther = me.role !== auth.user.role
  auth.update(me)
  chat.me = me
  // In courses and rooms another role may do other things.
  if (isOther) chat.note(UNHEARD)
}
