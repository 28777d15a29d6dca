import { shallowRef } from 'vue'

import type { ServerEvent } from '@/contract/events'
import { query } from '@/platform/graphql'
import { CommandRefused, systemClock, type ConnectionState, type Realtime } from '@/platform/realtime'
import { storage } from '@/platform/storage'

import { MyRooms, type MyRoomsQuery } from './documents'
import { Drafts } from './drafts'
import { forgetOutbox } from './forgetting'
import { newestPage, pageAfter, pageAround, pageBefore } from './history'
import type { Author } from './language'
import { INVITATIONS, UNHEARD } from './news'
import { Outbox, PASSING, type Outgoing, type OutgoingFile } from './outbox'
import { BrowserOutboxStore } from './outboxStore'
import { refreshed, summaryOf, type RoomSummary } from './roomList'
import { useChat, type FollowUp, type Loss } from './store'
import { Subscriptions } from './subscriptions'
import { timelineOf, withNewer, withOlder, type Timeline } from './timeline'
import { MyTyping, TheirTyping } from './typing'
import type { Uploads } from './files/uploads'
import { uuid7 } from './uuid'

const SECONDS = 1000
/** Where frames do not come, as in a tab that nobody sees, events are taken in at least this often. */
const FRAME_AT_MOST = 0.25 * SECONDS
/** After a lost connection a whole school asks for its rooms again. */
const REFRESH_SPREAD = 3 * SECONDS
const ASKING_SPREAD = 20 * SECONDS
/** Rooms whose messages are kept at hand for coming back. */
const ROOMS_AT_HAND = 8

/** What acts for one signed-in person in this tab: hears, says, fetches. The store knows, this does. */
export class Live {
  readonly drafts: Drafts
  readonly #chat = useChat()
  readonly #channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel('edusphere.outbox') : null
  readonly #outbox: Outbox
  /** What sends files: fetched with the first room, so that no other page carries it. */
  #uploads: Uploads | null = null
  readonly #subscriptions: Subscriptions
  readonly #theirTyping = new Map<string, TheirTyping>()
  readonly #myTyping = new Map<string, MyTyping>()
  readonly #fetching = new Map<string, Promise<void>>()
  /** Read, but the server could not be told yet. */
  readonly #untold = new Map<string, number>()
  readonly #undo: (() => void)[]
  #atHand: string[] = []
  #events: ServerEvent[] = []
  #cancelFrame: (() => void) | null = null
  #wasLive = false
  #cancelRefresh = () => {}
  #cancelAsking = () => {}
  #refreshAgain = false
  #ended = false

  constructor(
    private readonly me: Author,
    private readonly realtime: Realtime,
    private readonly endSession: (why: Extract<FollowUp, { type: 'ended' }>['why']) => void,
    private readonly outdated: () => void,
  ) {
    this.drafts = new Drafts(storage, systemClock, me.id)
    this.#subscriptions = new Subscriptions({
      ask: (command) => realtime.ask(command),
      clock: systemClock,
      refused: () => this.#refresh(),
    })
    this.#outbox = new Outbox({
      personId: me.id,
      store: new BrowserOutboxStore(),
      clock: systemClock,
      post: ({ roomId, clientId, body, files = [] }) => {
        const fileIds = files.flatMap(({ file }) => file?.id ?? [])
        return realtime.ask({ type: 'message.post', roomId, clientId, body, fileIds })
      },
      isLive: () => realtime.state === 'live',
      alone: (action) => alone(`edusphere.outbox.${me.id}`, action),
      changed: (rows) => this.#outgoing(rows),
      adopt: ({ roomId }, file) => void this.#adopt(roomId, file),
      share: () => this.#channel?.postMessage(me.id),
    })
    const saveDrafts = (): void => this.drafts.save()
    const warn = (event: BeforeUnloadEvent): void => this.#warnOfLoss(event)
    window.addEventListener('pagehide', saveDrafts)
    window.addEventListener('beforeunload', warn)
    this.#undo = [
      realtime.onEvent((event) => this.#hear(event)),
      realtime.onState((state) => this.#connectionIs(state)),
      () => window.removeEventListener('pagehide', saveDrafts),
      () => window.removeEventListener('beforeunload', warn),
    ]
    if (this.#channel) this.#channel.onmessage = ({ data }) => data === me.id && void this.#outbox.look()
    this.#chat.me = me
    realtime.start()
    this.#refresh()
    void this.#outbox.look()
  }

  /** The sign-in is over. What waits to be sent waits for the next. */
  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.drafts.save()
    for (const undo of this.#undo) undo()
    this.#cancelFrame?.()
    this.#cancelRefresh()
    this.#cancelAsking()
    for (const typing of this.#theirTyping.values()) typing.forget()
    this.#outbox.close()
    this.#uploads?.end()
    this.#channel?.close()
    this.#subscriptions.forget()
    this.realtime.stop()
    this.#chat.forget()
  }

  /** Leave nothing of this person on this computer. */
  forgetKept(): void {
    this.drafts.forget()
    forgetOutbox(this.me.id)
  }

  // -- rooms

  /** Fetch the list of my rooms, and hear each of them. */
  loadRooms(): Promise<void> {
    return this.#once('rooms', async () => {
      const then = this.#chat.rooms ?? new Map<string, RoomSummary>()
      const direct = import('./direct/rooms').then(({ fetchDirectRooms }) => fetchDirectRooms(this.me.id))
      const fetched = (await Promise.all([fetchRooms(), direct])).flat()
      if (this.#ended) return
      const now = this.#chat.rooms ?? new Map<string, RoomSummary>()
      const rooms = (this.#chat.rooms = refreshed(then, now, fetched))
      // Whoever was taken out of a room may be in it again.
      this.#chat.lost = new Map([...this.#chat.lost].filter(([id]) => !rooms.has(id)))
      for (const { id, lastNumber } of fetched) if (rooms.has(id)) this.#subscriptions.want(id, lastNumber)
      for (const id of now.keys()) if (!rooms.has(id)) this.#lost(id)
    })
  }

  /** I made or joined this room just now. */
  joined(room: RoomSummary): void {
    this.#chat.putRoom(room)
    this.#subscriptions.want(room.id, room.lastNumber)
  }

  /** I left or deleted this room just now. */
  gone(roomId: string, how: Loss): void {
    this.#chat.lose(roomId, how)
    this.#lost(roomId)
  }

  #lost(roomId: string): void {
    this.#subscriptions.drop(roomId)
    this.#untold.delete(roomId)
    this.#chat.lose(roomId, this.#chat.lost.get(roomId) ?? 'gone')
    this.#atHand = this.#atHand.filter((id) => id !== roomId)
  }

  // -- messages: what was said

  /** Have a room's newest messages at hand, or those around one, and hear it before all others. */
  async open(roomId: string, at: number | null): Promise<void> {
    this.#subscriptions.want(roomId, null, true)
    this.#atHand = [...this.#atHand.filter((id) => id !== roomId), roomId]
    for (const id of this.#atHand.splice(0, this.#atHand.length - ROOMS_AT_HAND)) this.#chat.dropTimeline(id)
    if (this.#chat.timelines.has(roomId)) return
    await (at === null ? this.loadNewest(roomId) : this.loadAround(roomId, at))
  }

  loadNewest(roomId: string): Promise<void> {
    return this.#once(`newest ${roomId}`, async () =>
      this.#begin(roomId, timelineOf(await newestPage(roomId))),
    )
  }

  loadAround(roomId: string, number: number): Promise<void> {
    return this.#once(`around ${roomId}`, async () =>
      this.#begin(roomId, timelineOf(await pageAround(roomId, number))),
    )
  }

  loadOlder(roomId: string): Promise<void> {
    return this.#extend(roomId, 'older', async ({ messages, olderRemain }) => {
      const oldest = messages[0]
      if (!olderRemain || oldest === undefined) return (timeline) => timeline
      const page = await pageBefore(roomId, oldest.number)
      return (timeline) => withOlder(timeline, page)
    })
  }

  loadNewer(roomId: string): Promise<void> {
    return this.#extend(roomId, 'newer', async ({ messages, newerRemain }) => {
      const newest = messages.at(-1)
      if (!newerRemain || newest === undefined) return (timeline) => timeline
      const page = await pageAfter(roomId, newest.number)
      return (timeline) => withNewer(timeline, page)
    })
  }

  #extend(
    roomId: string,
    where: 'older' | 'newer',
    fetch: (timeline: Timeline) => Promise<(timeline: Timeline) => Timeline>,
  ): Promise<void> {
    return this.#once(`${where} ${roomId}`, async () => {
      const before = this.#chat.timelines.get(roomId)
      if (before === undefined) return
      const extend = await fetch(before)
      const now = this.#chat.timelines.get(roomId)
      // It was begun anew meanwhile: this page may not meet it.
      const edge = where === 'older' ? 0 : -1
      if (now?.messages.at(edge)?.number === before.messages.at(edge)?.number && now) {
        this.#chat.putTimeline(roomId, extend(now))
      }
    })
  }

  #begin(roomId: string, timeline: Timeline): void {
    if (this.#ended) return
    this.#chat.putTimeline(roomId, timeline)
    // What was heard between the reading of the page and its arrival is not in it: hear it again.
    this.#subscriptions.rewind(roomId, timeline.latest)
    for (const { clientId } of timeline.messages) this.#outbox.delivered(clientId)
  }

  #once(what: string, fetch: () => Promise<void>): Promise<void> {
    const under = this.#fetching.get(what)
    if (under) return under
    const promise = fetch().finally(() => this.#fetching.delete(what))
    this.#fetching.set(what, promise)
    return promise
  }

  // -- messages: what I say

  /** Say something, with the files that were chosen for it. */
  post(roomId: string, body: string): void {
    const uploads = this.#uploads
    const files = uploads?.tray(roomId).map(({ id, name, size, type, file }) => {
      return { id, name, size, type, file, blob: uploads.blob(id) }
    })
    uploads?.intoMessage(files?.map(({ id }) => id) ?? [])
    this.#outbox.add(roomId, body, files)
    this.drafts.write(roomId, '')
    this.drafts.save()
    this.#typingIn(roomId).rested()
  }

  retry(clientId: string): void {
    for (const { id } of this.#filesOf(clientId)) this.#uploads?.retry(id)
    this.#outbox.retry(clientId)
  }

  discard(clientId: string): void {
    for (const { id } of this.#filesOf(clientId)) this.#uploads?.drop(id)
    this.#outbox.discard(clientId)
  }

  #filesOf(clientId: string): readonly OutgoingFile[] {
    return this.#outbox.rows.find((row) => row.clientId === clientId)?.files ?? []
  }

  #outgoing(rows: readonly Outgoing[]): void {
    this.#chat.outgoing = rows
    this.#uploads?.keepOnly(new Set(rows.flatMap(({ files = [] }) => files.map(({ id }) => id))))
  }

  // -- files, until a message takes them along

  /** Choose a file for the next message in a room: it goes on its way at once. */
  async attach(roomId: string, file: File): Promise<void> {
    const { name, size, type } = file
    const uploads = await this.readyForFiles()
    uploads?.add(roomId, { id: uuid7(), name, size, type, blob: file })
  }

  retryFile(id: string): void {
    this.#uploads?.retry(id)
  }

  /** Take a file away, from where one writes or from a message that is not sent yet. */
  detach(id: string): void {
    this.#outbox.without(id)
    this.#uploads?.drop(id)
  }

  /** Have at hand what sends files. */
  async readyForFiles(): Promise<Uploads | null> {
    const { openUploads } = await import('./files/sending')
    if (this.#ended) return null
    return (this.#uploads ??= openUploads({
      isLive: () => this.realtime.state === 'live',
      alone: (id, action) => alone(`edusphere.upload.${id}`, action),
      isWanted: (id) => this.#isWanted(id),
      changed: (uploads) => (this.#chat.uploads = uploads),
      sent: (id, file) => this.#outbox.sent(id, file),
      failed: (id, why) => this.#outbox.notSent(id, why),
    }))
  }

  /** What sends it may not be there without a connection: the next look at what waits asks again. */
  async #adopt(roomId: string, file: OutgoingFile): Promise<void> {
    const uploads = await this.readyForFiles().catch(() => null)
    uploads?.adopt(roomId, file)
  }

  async #isWanted(id: string): Promise<boolean> {
    await this.#outbox.look()
    return this.#outbox.rowOf(id)?.files?.some((file) => file.id === id && file.file === null) ?? false
  }

  /** What is in no message yet is nowhere but in this tab. */
  #warnOfLoss(event: BeforeUnloadEvent): void {
    if ([...this.#chat.uploads.values()].some(({ isInMessage }) => !isInMessage)) event.preventDefault()
  }

  async edit(messageId: string, body: string): Promise<void> {
    await this.realtime.ask({ type: 'message.edit', messageId, body })
  }

  async remove(messageId: string): Promise<void> {
    await this.realtime.ask({ type: 'message.remove', messageId })
  }

  typed(roomId: string): void {
    this.#typingIn(roomId).typed()
  }

  #typingIn(roomId: string): MyTyping {
    const known = this.#myTyping.get(roomId)
    if (known) return known
    const typing = new MyTyping(systemClock, () => this.realtime.tell({ type: 'typing.start', roomId }))
    this.#myTyping.set(roomId, typing)
    return typing
  }

  /** I have read this room to here. */
  read(roomId: string, number: number): void {
    this.#chat.moveRead(roomId, number)
    this.#untold.set(roomId, number)
    this.#tellRead()
  }

  #tellRead(): void {
    for (const [roomId, number] of this.#untold) {
      const settled = (): void => {
        if (this.#untold.get(roomId) === number) this.#untold.delete(roomId)
      }
      this.realtime.ask({ type: 'room.read', roomId, number }).then(settled, (error: unknown) => {
        // Otherwise it is told again with the next connection, or with the next row.
        if (error instanceof CommandRefused && !PASSING.has(error.code)) settled()
      })
    }
  }

  // -- what comes

  #connectionIs(state: ConnectionState): void {
    if (state === 'live') {
      this.#subscriptions.connected()
      this.#outbox.flush()
      this.#uploads?.flush()
      this.#tellRead()
      if (this.#wasLive) {
        this.#refreshSoon()
        this.#askSoon()
        this.#chat.note(UNHEARD)
      }
      this.#wasLive = true
    } else this.#subscriptions.disconnected()
  }

  /** Rooms may have come and gone while nobody told us. */
  #refreshSoon(): void {
    this.#cancelRefresh()
    this.#cancelRefresh = systemClock.after(Math.random() * REFRESH_SPREAD, () => {
      this.#refresh()
    })
  }

  /** The same of what I may do and what waits for me: everybody asks, so not all at once. */
  #askSoon(): void {
    this.#cancelAsking()
    this.#cancelAsking = systemClock.after(Math.random() * ASKING_SPREAD, () => {
      this.#askWhoIAm()
      this.#chat.note(INVITATIONS)
    })
  }

  /** If it fails, the next connection tries again; a screen that needs it asks itself. */
  #refresh(): void {
    // A list under way may have been read before what it is asked for now.
    if (this.#fetching.has('rooms')) this.#refreshAgain = true
    void this.loadRooms()
      .catch(() => undefined)
      .then(() => {
        if (!this.#refreshAgain || this.#ended) return
        this.#refreshAgain = false
        this.#refresh()
      })
  }

  /** If it fails, the next connection tries again; the server decides anyway. */
  #askWhoIAm(): void {
    void import('./myself/asking').then(({ askWhoIAm }) => askWhoIAm()).catch(() => undefined)
  }

  #hear(event: ServerEvent): void {
    this.#events.push(event)
    this.#cancelFrame ??= nextFrame(() => {
      this.#cancelFrame = null
      const events = this.#events
      this.#events = []
      for (const followUp of this.#chat.take(events)) this.#follow(followUp)
    })
  }

  #follow(followUp: FollowUp): void {
    switch (followUp.type) {
      case 'heard': {
        const { roomId, number, change } = followUp
        this.#subscriptions.heard(roomId, number)
        if (!change) break
        if (change.message.user.id === this.me.id) this.#outbox.delivered(change.message.clientId)
        if (change.type === 'message.posted') this.#theirTyping.get(roomId)?.stopped(change.message.user.id)
        break
      }
      case 'reset':
        this.#subscriptions.reset(followUp.roomId, followUp.number)
        if (this.#chat.timelines.has(followUp.roomId)) this.loadNewest(followUp.roomId).catch(() => undefined)
        this.#refreshSoon()
        break
      case 'lost':
        this.#lost(followUp.roomId)
        break
      case 'joined':
        if (!this.#chat.rooms?.has(followUp.roomId)) this.#refresh()
        break
      case 'typing':
        this.#theirTypingIn(followUp.roomId).started(followUp.author)
        break
      case 'silent':
        this.#theirTyping.get(followUp.roomId)?.stopped(followUp.personId)
        break
      case 'ended':
        this.endSession(followUp.why)
        break
      case 'mine':
        if (followUp.isEverybodys) this.#askSoon()
        else this.#askWhoIAm()
        break
      case 'greeted':
        if (followUp.isNewer) this.outdated()
        break
    }
  }

  #theirTypingIn(roomId: string): TheirTyping {
    const known = this.#theirTyping.get(roomId)
    if (known) return known
    const typing = new TheirTyping(systemClock, () => this.#chat.putTypists(roomId, typing.people))
    this.#theirTyping.set(roomId, typing)
    return typing
  }
}

/** The one of the person who is signed in now. */
export const live = shallowRef<Live | null>(null)

/** For screens that are only there while somebody is signed in. */
export function useLive(): Live {
  if (live.value === null) throw new Error('Nobody is signed in.')
  return live.value
}

async function fetchRooms(): Promise<RoomSummary[]> {
  const fetched: RoomSummary[] = []
  let after: string | null = null
  do {
    const { myRooms }: MyRoomsQuery = await query(MyRooms, { after }, { fresh: true })
    fetched.push(...myRooms.nodes.map(summaryOf))
    after = myRooms.pageInfo.hasNextPage ? myRooms.pageInfo.endCursor : null
  } while (after !== null)
  return fetched
}

/** One tab at a time, where the browser can; without https it cannot, and the server tells doubles apart. */
async function alone(name: string, action: () => Promise<void>): Promise<void> {
  const locks = navigator.locks as LockManager | undefined
  if (locks) await locks.request(name, action)
  else await action()
}

function nextFrame(action: () => void): () => void {
  const frame = requestAnimationFrame(act)
  const timer = setTimeout(act, FRAME_AT_MOST)
  function cancel(): void {
    cancelAnimationFrame(frame)
    clearTimeout(timer)
  }
  function act(): void {
    cancel()
    action()
  }
  return cancel
}
