import { COME_BACK, type CloseCode, type ComeBack } from '@/contract/close_codes'
import type { ClientCommand } from '@/contract/commands'
import type { ServerEvent } from '@/contract/events'

import { systemClock } from './clock'
import { Connection, type ConnectionOptions, type Socket } from './connection'

export { systemClock, type Clock } from './clock'
export { CommandRefused, ConnectionLost } from './errors'
export type { Answer, ConnectionState, Renewal } from './connection'

type WithoutRef<Command> = Command extends unknown ? Omit<Command, 'ref'> : never
/** A command as it is thought of; the connection numbers it. */
export type Command = WithoutRef<ClientCommand>

export type Realtime = Connection<Command, ServerEvent>

/** This tab's one socket, to `/ws/` of the origin the page came from. It connects when told to `start`. */
export function openRealtime(signIn: Pick<ConnectionOptions, 'hasRunOut' | 'renew'>): Realtime {
  const realtime: Realtime = new Connection({
    open: () => new WebSocket(address(location)) as Socket,
    clock: systemClock,
    random: Math.random,
    isOnline: () => navigator.onLine,
    comeBack,
    ...signIn,
  })
  window.addEventListener('online', () => realtime.wake())
  // The socket itself would notice much later, or, to this very machine, live on.
  window.addEventListener('offline', () => realtime.wake())
  window.addEventListener('focus', () => realtime.wake())
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) realtime.wake()
  })
  return realtime
}

export function address({ protocol, host }: Pick<Location, 'protocol' | 'host'>): string {
  return `${protocol === 'https:' ? 'wss:' : 'ws:'}//${host}/ws/`
}

/** A code that is in no table, such as 1006 for a cut cable, means: come back. */
export function comeBack(closeCode: number): ComeBack {
  return closeCode in COME_BACK ? COME_BACK[closeCode as CloseCode] : 'resume'
}
