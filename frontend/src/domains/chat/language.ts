/** The words of the contract that a room uses. */
import type { MessageEdited, MessagePosted, MessageRemoved } from '@/contract/events'

export type { Author, File as SentFile, Message } from '@/contract/events'
export type Change = MessagePosted | MessageEdited | MessageRemoved
