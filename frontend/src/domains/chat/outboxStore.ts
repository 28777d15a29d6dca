import type { Outgoing, OutboxStore } from './outbox'

const DATABASE = 'edusphere-outbox'
const ROWS = 'rows'
const BY_PERSON = 'personId'

/** The outbox in IndexedDB: shared by the tabs, there after a reload. Every method rejects where storage is forbidden. */
export class BrowserOutboxStore implements OutboxStore {
  #database: Promise<IDBDatabase> | null = null

  async all(personId: string): Promise<Outgoing[]> {
    const rows = await this.#rows('readonly')
    return done(rows.index(BY_PERSON).getAll(personId) as IDBRequest<Outgoing[]>)
  }

  async put(row: Outgoing): Promise<void> {
    await done((await this.#rows('readwrite')).put(row))
  }

  async remove(clientId: string): Promise<void> {
    await done((await this.#rows('readwrite')).delete(clientId))
  }

  /** Leave nothing behind for the next person at this computer. */
  async forget(personId: string): Promise<void> {
    for (const { clientId } of await this.all(personId)) await this.remove(clientId)
  }

  async #rows(mode: IDBTransactionMode): Promise<IDBObjectStore> {
    this.#database ??= open().catch((error: unknown) => {
      this.#database = null
      throw error
    })
    return (await this.#database).transaction(ROWS, mode).objectStore(ROWS)
  }
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1)
  request.onupgradeneeded = () => {
    request.result.createObjectStore(ROWS, { keyPath: 'clientId' }).createIndex(BY_PERSON, BY_PERSON)
  }
  return done(request)
}

function done<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('The browser’s storage refused.'))
  })
}
