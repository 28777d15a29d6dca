/**
 * The people of these tests, and what they can see and do. Each has a browser of their own; whatever such a browser
 * says to others than the school, complains about or is forbidden fails the test.
 */
import {
  type Browser,
  type BrowserContext,
  expect,
  type Locator,
  type Page,
  test as base,
} from '@playwright/test'

import { schools } from './schools'
import { Wire } from './wire'

export { expect }

const PASSWORD = 'a few quiet words'
/** What a browser says about a connection that the test itself cut. */
const CUT =
  /net::ERR_(INTERNET_DISCONNECTED|CONNECTION_(RESET|REFUSED|CLOSED)|EMPTY_RESPONSE|NETWORK_CHANGED|ABORTED)/

interface Cast {
  /** Somebody new comes to the school with a browser of their own. */
  newcomer: (name: string, address?: string) => Promise<Person>
  /** Somebody of the demo school. */
  guest: (options?: Parameters<Browser['newContext']>[0]) => Promise<Page>
  /** The school at the end of a cable that can be cut. */
  wire: Wire
}

export const test = base.extend<Cast>({
  newcomer: async ({ browser }, use) => {
    const watched: Watched[] = []
    await use(async (name, address = schools().school) => {
      const watch = new Watched(await browser.newContext({ baseURL: address }), address)
      watched.push(watch)
      return new Person(name, await watch.context.newPage())
    })
    for (const watch of watched) await watch.end()
  },
  guest: async ({ browser }, use) => {
    const watched: Watched[] = []
    await use(async (options) => {
      const address = schools().demo
      const watch = new Watched(await browser.newContext({ baseURL: address, ...options }), address)
      watched.push(watch)
      return watch.context.newPage()
    })
    for (const watch of watched) await watch.end()
  },
  wire: async ({}, use, { parallelIndex }) => {
    const wire = new Wire(schools().doors[parallelIndex] ?? 0, schools().school)
    await wire.open()
    await use(wire)
    await wire.close()
  },
})

/** A browser whose every request and complaint is noted. */
class Watched {
  readonly context: BrowserContext
  readonly #wrong: string[] = []

  constructor(context: BrowserContext, address: string) {
    this.context = context
    const { host } = new URL(address)
    const isOurs = (url: string): boolean => /^(data|blob):/.test(url) || new URL(url).host === host
    context.on('request', (request) => {
      if (!isOurs(request.url())) this.#wrong.push(`asked ${request.url()}`)
    })
    context.on('console', (message) => {
      if (!['error', 'warning'].includes(message.type()) || CUT.test(message.text())) return
      this.#wrong.push(`said ${message.text()} (${message.location().url})`)
    })
    context.on('weberror', (error) => this.#wrong.push(`broke: ${error.error().stack}`))
    context.on('page', (page) => {
      page.on(
        'websocket',
        (socket) => isOurs(socket.url()) || this.#wrong.push(`listened to ${socket.url()}`),
      )
    })
  }

  async end(): Promise<void> {
    await this.context.close()
    expect(this.#wrong, 'what the browser asked of others or complained about').toEqual([])
  }
}

/** Somebody at their browser. */
export class Person {
  readonly name: string
  readonly username: string
  readonly email: string
  readonly page: Page

  constructor(name: string, page: Page) {
    const number = `${Date.now()}`.slice(-6) + `${Math.floor(Math.random() * 1000)}`.padStart(3, '0')
    this.name = name
    this.username = `${name.toLowerCase()}-${number}`
    this.email = `${this.username}@school.example`
    this.page = page
  }

  /** Make an account, which signs in. */
  async register(): Promise<this> {
    const { page } = this
    await page.goto('/register')
    await page.getByLabel('Full name').fill(this.name)
    await page.getByLabel('Username').fill(this.username)
    await page.getByLabel('E-mail').fill(this.email)
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await page.getByRole('button', { name: 'Register' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Home' })).toBeVisible()
    return this
  }

  async signIn(): Promise<void> {
    await signIn(this.page, this.email, PASSWORD)
  }

  async signOut(): Promise<void> {
    await this.page.getByRole('button', { name: `Menu of ${this.name}` }).click()
    await this.page.getByRole('menuitem', { name: 'Sign out' }).click()
    await expect(this.page.getByText('You are signed out.')).toBeVisible()
  }

  /** Make a room; one stands in it then. */
  async makeRoom(name: string, topic = 'Biology'): Promise<string> {
    const { page } = this
    await page.getByRole('button', { name: 'New room' }).click()
    const dialog = page.getByRole('dialog', { name: 'Make a room' })
    await dialog.getByLabel('Name').fill(name)
    await dialog.getByLabel('Topic').fill(topic)
    await dialog.getByRole('button', { name: 'Make the room' }).click()
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible()
    return new URL(page.url()).pathname
  }

  /** Find a room by its name on the home page, and join it. */
  async joinRoom(name: string): Promise<void> {
    const { page } = this
    await page.getByRole('searchbox', { name: 'Find a room by name' }).fill(name)
    await page.getByRole('article').filter({ hasText: name }).getByRole('button', { name: 'Join' }).click()
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible()
  }

  async goHome(): Promise<void> {
    await this.page.getByRole('link', { name: 'Home' }).click()
    await expect(this.page.getByRole('heading', { level: 1, name: 'Home' })).toBeVisible()
  }

  get composer(): Locator {
    return this.page.getByRole('textbox', { name: /^Write to / })
  }

  async say(words: string): Promise<void> {
    await this.composer.fill(words)
    await this.composer.press('Enter')
  }

  /** The messages on the screen, sent or not. */
  get messages(): Locator {
    return this.page.getByRole('feed').getByRole('article')
  }

  message(words: string): Locator {
    return this.messages.filter({ hasText: words })
  }

  /** What is said here by now, oldest first; a removed message is `—`. */
  async hears(...words: string[]): Promise<void> {
    const said = this.page
      .getByRole('feed')
      .locator('article .words p, article .tombstone, article.outgoing p')
    await expect
      .poll(async () =>
        (await said.allInnerTexts()).map((text) =>
          text.startsWith('This message was deleted') ? '—' : text,
        ),
      )
      .toEqual(words)
  }
}

export async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.goto('/login')
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password', { exact: true }).fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Home' })).toBeVisible()
}
