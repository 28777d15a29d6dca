/**
 * The people of these tests, and what they can see and do. Each has a browser of their own; whatever such a browser
 * says to others than the school, complains about or is forbidden fails the test.
 */
import {
  type BrowserContext,
  type BrowserContextOptions,
  expect,
  type Locator,
  type Page,
  test as base,
} from '@playwright/test'

import type { GivenFile } from './drawings'
import { schools } from './schools'
import { Wire } from './wire'

export { expect }

/** Then one points again. */
const POINTED_WITHIN = 1000 // milliseconds
/** Then one clicks again. */
const MOVED_WITHIN = 3000 // milliseconds
const PASSWORD = 'a few quiet words'
/** Of the demo school, as it prints them. */
const GUESTS = {
  emma: {
    name: 'Emma Kalēja',
    username: 'emma',
    email: 'emma@school.example.org',
    password: 'come-in-and-look',
  },
  administrator: {
    name: 'Ilze Bērziņa',
    username: 'berzina',
    email: 'berzina@school.example.org',
    password: 'come-in-and-look',
  },
  teacher: {
    name: 'Marta Lindqvist',
    username: 'lindqvist',
    email: 'lindqvist@school.example.org',
    password: 'come-in-and-look',
  },
  colleague: {
    name: 'Andris Kalniņš',
    username: 'kalnins',
    email: 'kalnins@school.example.org',
    password: 'come-in-and-look',
  },
} satisfies Record<string, Account>
/** What a browser says about a lost connection: expected at the end of a wire (wire.ts), nowhere else. */
const LOST = /net::ERR_|^WebSocket connection to .* failed/

interface Cast {
  /** Somebody new comes to the school with a browser of their own. */
  newcomer: (name: string, address?: string) => Promise<Person>
  /** Somebody signs in to the demo school. */
  guest: (name: keyof typeof GUESTS, options?: BrowserContextOptions) => Promise<Person>
  /** A cable to this school that can be cut. */
  wireTo: (school: string) => Promise<Wire>
}

export const test = base.extend<Cast & { watched: (options: BrowserContextOptions) => Promise<Page> }>({
  watched: async ({ browser }, use) => {
    const browsers: Watched[] = []
    await use(async (options) => {
      const watch = new Watched(await browser.newContext(options), options.baseURL ?? '')
      browsers.push(watch)
      return watch.context.newPage()
    })
    for (const watch of browsers) await watch.end()
  },
  newcomer: async ({ watched }, use) => {
    await use(async (name, baseURL = schools().school) => {
      const number = `${Date.now() % 1_000_000}${Math.floor(Math.random() * 1000)}`
      const username = `${name.toLowerCase()}-${number}`
      const email = `${username}@school.example`
      return new Person(await watched({ baseURL }), { name, username, email, password: PASSWORD })
    })
  },
  guest: async ({ watched }, use) => {
    await use(async (name, options = {}) => {
      const guest = new Person(await watched({ baseURL: schools().demo, ...options }), GUESTS[name])
      await guest.signIn()
      return guest
    })
  },
  wireTo: async ({}, use, { parallelIndex }) => {
    let wire: Wire | undefined
    await use(async (school) => {
      wire = new Wire(schools().doors[parallelIndex] ?? 0, school)
      await wire.open()
      return wire
    })
    await wire?.close()
  },
})

/** A browser whose every request and complaint is noted. */
class Watched {
  readonly context: BrowserContext
  readonly #wrong: string[] = []

  constructor(context: BrowserContext, address: string) {
    this.context = context
    const { origin, host } = new URL(address)
    const hasWire = ![schools().school, schools().demo].includes(origin)
    const isOurs = (url: string): boolean => /^(data|blob):/.test(url) || new URL(url).host === host
    context.on('request', (request) => {
      if (!isOurs(request.url())) this.#wrong.push(`asked ${request.url()}`)
    })
    context.on('console', (message) => {
      if (!['error', 'warning'].includes(message.type()) || (hasWire && LOST.test(message.text()))) return
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

interface Account {
  name: string
  username: string
  email: string
  password: string
}

/** Somebody at their browser. */
export class Person {
  readonly name: string
  readonly username: string
  readonly email: string
  readonly password: string
  page: Page

  constructor(page: Page, { name, username, email, password }: Account) {
    this.page = page
    this.name = name
    this.username = username
    this.email = email
    this.password = password
  }

  /** Make an account, which signs in. */
  async register(): Promise<this> {
    const { page } = this
    await page.goto('/register')
    await this.fillRegistration()
    await expect(page.getByRole('heading', { level: 1, name: 'Home' })).toBeVisible()
    return this
  }

  /** Say who one is, where an account is made, and make it; an invitation knows the address already. */
  async fillRegistration(isInvited = false): Promise<void> {
    const { page } = this
    await page.getByLabel('Full name').fill(this.name)
    await page.getByLabel('Username').fill(this.username)
    const email = page.getByLabel('E-mail')
    if (isInvited) await expect(email).toHaveValue(this.email)
    else await email.fill(this.email)
    await page.getByLabel('Password', { exact: true }).fill(this.password)
    await page.getByRole('button', { name: 'Register' }).click()
  }

  async signIn(): Promise<void> {
    const { page } = this
    await page.goto('/login')
    await page.getByLabel('E-mail').fill(this.email)
    await page.getByLabel('Password', { exact: true }).fill(this.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Home' })).toBeVisible()
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
    await this.standsIn(name)
    return new URL(page.url()).pathname
  }

  /** Find a room by its name on the home page, and join it. */
  async joinRoom(name: string): Promise<void> {
    const { page } = this
    await page.getByRole('searchbox', { name: 'Find a room by name' }).fill(name)
    const found = page.getByRole('article').filter({ hasText: name })
    await this.enter(found.getByRole('button', { name: 'Join' }), this.timeline)
    await this.standsIn(name)
  }

  /** So many messages wait in this browser, where they outlive the page. */
  async keeps(count: number): Promise<void> {
    const kept = (): Promise<number> =>
      this.page.evaluate(
        () =>
          new Promise<number>((resolve, reject) => {
            const opening = indexedDB.open('edusphere-outbox')
            opening.onerror = () => reject(new Error('There is no outbox.'))
            opening.onsuccess = () => {
              const counting = opening.result.transaction('rows').objectStore('rows').count()
              counting.onsuccess = () => resolve(counting.result)
            }
          }),
      )
    await expect.poll(kept).toBe(count)
  }

  /** Is in this room, or in any, and its messages are there. */
  async standsIn(name?: string): Promise<void> {
    if (name) await expect(this.page.getByRole('heading', { level: 1, name })).toBeVisible()
    await expect(this.timeline).toHaveAttribute('aria-busy', 'false')
  }

  async goHome(): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Home' }).click()
    await expect(this.page.getByRole('heading', { level: 1, name: 'Home' })).toBeVisible()
  }

  /** Open a course; one looks at it then. */
  async openCourse(title: string): Promise<void> {
    const { page } = this
    await page.getByRole('button', { name: 'Open a course' }).click()
    const dialog = page.getByRole('dialog', { name: 'Open a course' })
    await dialog.getByLabel('Title').fill(title)
    await dialog.getByRole('textbox', { name: 'Code' }).fill(title.replace(' ', '-'))
    await dialog.getByRole('button', { name: 'Open the course' }).click()
    await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible()
  }

  /** Open a course, publish it and enrol these pupils; one looks at it then. */
  async teach(title: string, ...pupils: Person[]): Promise<void> {
    const { page } = this
    await this.openCourse(title)
    await page.getByRole('button', { name: 'Publish' }).click()
    await expect(page.getByText('This is a draft')).toBeHidden()
    const slug = new URL(page.url()).pathname.split('/')[2] ?? ''
    const { course } = (await this.#ask('query ($slug: String!) { course(slug: $slug) { id } }', {
      slug,
    })) as { course: { id: string } }
    await this.#enrol(course.id, pupils)
  }

  async #enrol(course: string, pupils: Person[]): Promise<void> {
    for (const { username } of pupils) {
      const find = 'query ($username: String!) { user(userSlug: $username) { id } }'
      const { user } = (await this.#ask(find, { username })) as { user: { id: string } }
      const enrol =
        'mutation ($course: UUID!, $pupil: UUID!) { enrol(courseId: $course, userIds: [$pupil]) { enrolled } }'
      await this.#ask(enrol, { course, pupil: user.id })
    }
  }

  /** What was reported and is not closed, as administrators read it: the latest first. */
  async reports(): Promise<string[]> {
    const { reports } = (await this.#ask('{ reports { nodes { words person { name } } } }')) as {
      reports: { nodes: { words: string; person: { name: string } }[] }
    }
    return reports.nodes.map(({ words, person }) => `${person.name}: ${words}`)
  }

  /** From the open home, where more comes in just now: what moves from under the pointer is not clicked. */
  async enter(link: Locator, inside: Locator): Promise<void> {
    await expect(async () => {
      if (new URL(this.page.url()).pathname === '/') await link.first().click({ timeout: MOVED_WITHIN })
      await expect(inside).toBeVisible({ timeout: MOVED_WITHIN })
    }).toPass()
  }

  /** Into one of one's courses, from the open home. */
  async enterCourse(title: string): Promise<void> {
    const courses = this.page.getByRole('region', { name: 'Your courses' })
    await this.enter(courses.getByRole('link', { name: title }), this.#tabs)
  }

  get #tabs(): Locator {
    return this.page.getByRole('navigation', { name: /^Parts of / })
  }

  /** To a tab of the course that one looks at. */
  async goToTab(name: string): Promise<void> {
    const tab = this.#tabs.getByRole('link', { name })
    await tab.click()
    await expect(tab).toHaveAttribute('aria-current', 'page')
  }

  /** Make a code for the course that one looks at, and return its link; it is shown with its picture then. */
  async makeJoinCode(): Promise<string> {
    await this.goToTab('People')
    await this.page.getByRole('button', { name: 'Join codes' }).click()
    const dialog = this.page.getByRole('dialog', { name: 'Join codes' })
    await dialog.getByRole('button', { name: 'Make the code' }).click()
    const picture = await dialog.getByRole('img', { name: /^QR picture of/ }).getAttribute('aria-label')
    return /http:\S+/.exec(picture ?? '')?.[0] ?? ''
  }

  /** Invite somebody into the school, as an administrator, and return the link. */
  async invite(email: string, role = 'STUDENT'): Promise<string> {
    const invite =
      'mutation ($email: String!, $role: Role!) { inviteUser(email: $email, role: $role) { link } }'
    const { inviteUser } = (await this.#ask(invite, { email, role })) as { inviteUser: { link: string } }
    return inviteUser.link
  }

  /** Make somebody a pupil's guardian, as an administrator. */
  async nameGuardian(guardian: Person, child: Person): Promise<void> {
    const find =
      'query ($guardian: String!, $child: String!) { guardian: user(userSlug: $guardian) { id } child: user(userSlug: $child) { id } }'
    const found = (await this.#ask(find, { guardian: guardian.username, child: child.username })) as {
      guardian: { id: string }
      child: { id: string }
    }
    const name =
      'mutation ($guardianId: UUID!, $childId: UUID!) { nameGuardian(guardianId: $guardianId, childId: $childId) { success } }'
    await this.#ask(name, { guardianId: found.guardian.id, childId: found.child.id })
  }

  /** Open and publish a course, in a term if one is named, and enrol these pupils. */
  async runCourse(code: string, term = '', ...pupils: Person[]): Promise<void> {
    const { terms } = (await this.#ask('{ terms { id name } }')) as { terms: { id: string; name: string }[] }
    const termId = terms.find(({ name }) => name === term)?.id ?? null
    const open =
      'mutation ($code: String!, $termId: UUID) { openCourse(code: $code, title: $code, termId: $termId) { course { id } } }'
    const { openCourse } = (await this.#ask(open, { code, termId })) as {
      openCourse: { course: { id: string } }
    }
    const publish = 'mutation ($id: UUID!) { publishCourse(courseId: $id) { course { id } } }'
    await this.#ask(publish, { id: openCourse.course.id })
    await this.#enrol(openCourse.course.id, pupils)
  }

  /** Ask the administrators to look at somebody. */
  async report(username: string, words: string): Promise<void> {
    const report =
      'mutation ($userSlug: String!, $words: String!) { reportUser(userSlug: $userSlug, words: $words) { success } }'
    await this.#ask(report, { userSlug: username, words })
  }

  /** The link in the last mail to somebody, as an administrator sees it where the school sends no mails. */
  async linkMailedTo(recipient: string): Promise<string> {
    const { keptMails } = (await this.#ask('{ keptMails { nodes { recipient body } } }')) as {
      keptMails: { nodes: { recipient: string; body: string }[] }
    }
    const mail = keptMails.nodes.find((mail) => mail.recipient === recipient)
    return /http:\S+/.exec(mail?.body ?? '')?.[0] ?? ''
  }

  get composer(): Locator {
    return this.page.getByRole('textbox', { name: /^Write to / })
  }

  async say(words: string): Promise<void> {
    await this.composer.fill(words)
    await this.composer.press('Enter')
  }

  /** Choose files for the next message, with the clip. */
  async attach(...files: GivenFile[]): Promise<void> {
    const [chooser] = await Promise.all([
      this.page.waitForEvent('filechooser'),
      this.page.getByRole('button', { name: 'Attach files' }).click(),
    ])
    await chooser.setFiles(files)
  }

  /** What is attached. */
  get tray(): Locator {
    return this.page.getByRole('list', { name: 'Files for this message' })
  }

  get timeline(): Locator {
    return this.page.getByLabel(/^Messages in /)
  }

  /** The messages on the screen, sent or not. */
  get messages(): Locator {
    return this.timeline.getByRole('article')
  }

  message(words: string): Locator {
    return this.messages.filter({ hasText: words })
  }

  /** Point at a message until it shows what can be done with it, and do it. */
  async choose(action: string, message: Locator): Promise<void> {
    const button = message.getByRole('button', { name: action })
    // A row is put in the place of the one that waited, and rows move: a pointer that rests points at neither.
    await expect(async () => {
      await this.page.mouse.move(0, 0)
      await message.hover()
      await expect(button).toBeVisible({ timeout: POINTED_WITHIN })
    }).toPass()
    await button.click()
  }

  /** What can be read here by now, oldest first, the own words that still wait included; `—` was removed. */
  async reads(...words: string[]): Promise<void> {
    await expect.poll(() => this.#said()).toEqual(words)
  }

  /** From now on, notes every number of unread messages that is shown beside the room; `countsSeen` tells. */
  async watchForCounts(): Promise<void> {
    await this.page.evaluate(() => {
      const counts: string[] = []
      const look = (): void => {
        const shown = document.querySelectorAll('nav .badge')
        counts.push(...[...shown].map(({ textContent }) => textContent ?? ''))
      }
      new MutationObserver(look).observe(document.body, { subtree: true, childList: true })
      Object.assign(window, { counts })
    })
  }

  async countsSeen(): Promise<string[]> {
    return this.page.evaluate(() => (window as unknown as { counts: string[] }).counts)
  }

  /** From now on, no two rows may say the same at any moment; `seenTwice` tells which did. */
  async watchForDoubles(): Promise<void> {
    await this.page.evaluate(() => {
      const feed = document.querySelector('[aria-label^="Messages in"]')
      const doubles: string[] = []
      const look = (): void => {
        const rows = document.querySelectorAll('.message-body')
        const said = [...rows].map(({ textContent }) => textContent)
        doubles.push(...said.filter((text, index) => said.indexOf(text) !== index))
      }
      if (feed)
        new MutationObserver(look).observe(feed, { subtree: true, childList: true, characterData: true })
      Object.assign(window, { doubles })
    })
  }

  async seenTwice(): Promise<string[]> {
    return this.page.evaluate(() => (window as unknown as { doubles: string[] }).doubles)
  }

  #said(): Promise<string[]> {
    const rows = this.timeline.locator('.message-body, .tombstone')
    return rows.evaluateAll((found) =>
      found.map((row) => (row.matches('.tombstone') ? '—' : (row.textContent?.trim() ?? ''))),
    )
  }

  /** Ask GraphQL from the page, as whoever is signed in there. */
  #ask(query: string, variables: object = {}): Promise<unknown> {
    return this.page.evaluate(async (body) => {
      await fetch('/api/csrf/')
      const token = /csrftoken=([^;]+)/.exec(document.cookie)?.[1] ?? ''
      const headers = { 'Content-Type': 'application/json', 'X-CSRFToken': token }
      const response = await fetch('/graphql/', { method: 'POST', headers, body })
      return ((await response.json()) as { data: unknown }).data
    }, JSON.stringify({ query, variables }))
  }
}
