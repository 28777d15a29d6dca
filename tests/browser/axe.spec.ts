import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import type { Page } from '@playwright/test'

import { drawn } from './drawings'
import { isOpenToAll } from './openness'
import { expect, test } from './people'
import { schools } from './schools'

/** Where each screen of the router is seen: by its name there. */
const LOOKED_AT = [
  ...['sign-in', 'register', 'invite', 'forgotten', 'reset', 'verify', 'setup', 'welcome'],
  ...['home', 'create-room', 'room', 'direct', 'person', 'settings', 'admin', 'not-found', 'join'],
  ...['course', 'course-rooms', 'course-materials', 'course-people', 'course-settings'],
]

test('No screen is forgotten', () => {
  const frontend = join(__dirname, '../../frontend/src')
  const files = globSync(['app/router.ts', 'domains/*/routes.ts'], {
    cwd: frontend,
  })
  const routes = files.map((file) => readFileSync(join(frontend, file), 'utf8')).join('\n')
  const names = [...routes.matchAll(/^ +name: '([\w-]+)'/gm)].map(([, name]) => name)
  expect(names.sort()).toEqual([...LOOKED_AT].sort())
})

test('Nobody is shut out of the pages before the door', async ({ newcomer }) => {
  const { page } = await newcomer('Guest', schools().demo)
  await page.goto('/')
  await expect(page.getByRole('link', { name: 'Make an account' })).toBeVisible()
  await isOpenToAll(page, 'welcome')
  await page.goto('/login?next=/settings/profile')
  await expect(page.getByText('Sign in to go on.')).toBeVisible()
  await isOpenToAll(page, 'sign in')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByText('Please fill this in.').first()).toBeVisible()
  await isOpenToAll(page, 'sign in, refused')
  await page.goto('/register')
  await expect(page.getByLabel('Full name')).toBeVisible()
  await isOpenToAll(page, 'register')
})

test('Nobody is shut out of the pages that links of mails lead to', async ({ guest, newcomer }) => {
  const { page } = await newcomer('Guest', schools().demo)
  await page.goto('/forgotten')
  await page.getByLabel('E-mail').fill('davids@school.example.org')
  await isOpenToAll(page, 'forgotten')
  await page.getByRole('button', { name: 'Send me a link' }).click()
  await expect(page.getByText('Look into your mailbox')).toBeVisible()
  await isOpenToAll(page, 'forgotten, sent')
  await page.goto('/verify/any')
  await expect(page.getByRole('button', { name: 'Make my account' })).toBeVisible()
  await isOpenToAll(page, 'verify')
  await page.goto('/setup?token=used')
  await expect(page.getByText('This school is set up')).toBeVisible()
  await isOpenToAll(page, 'setup, done')
  await page.goto('/reset/used')
  await expect(page.getByText('This link is no longer good')).toBeVisible()
  await isOpenToAll(page, 'reset, too late')
  await page.goto('/invite/used')
  await expect(page.getByText('This invitation is no longer good')).toBeVisible()
  await isOpenToAll(page, 'invite, too late')

  const administrator = await guest('administrator')
  await page.goto(await administrator.invite('nora@school.example.org'))
  await expect(page.getByText('You are invited.')).toBeVisible()
  await isOpenToAll(page, 'invite')
  await page.goto(await administrator.linkMailedTo('davids@school.example.org'))
  await expect(page.getByRole('textbox', { name: 'New password' })).toBeVisible()
  await isOpenToAll(page, 'reset')
  await administrator.page.goto('/settings/mails')
  await expect(administrator.page.getByText('davids@school.example.org').first()).toBeVisible()
  await isOpenToAll(administrator.page, 'settings, the mails that were not sent')
})

test('Nobody is shut out of home', async ({ guest }) => {
  const { page } = await guest('emma')
  await expect(page.getByRole('heading', { level: 2, name: 'Rooms to join' })).toBeVisible()
  await isOpenToAll(page, 'home')
  await page.getByRole('searchbox', { name: 'Find a room by name' }).fill('no such room')
  await expect(page.getByText('No room fits')).toBeVisible()
  await isOpenToAll(page, 'home, nothing found')
  await page.getByRole('button', { name: 'New room' }).click()
  await expect(page.getByRole('dialog', { name: 'Make a room' })).toBeVisible()
  await isOpenToAll(page, 'make a room')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+K')
  await expect(page.getByRole('dialog', { name: 'Go anywhere, do anything' })).toBeVisible()
  await isOpenToAll(page, 'palette')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: /^Menu of / }).click()
  await expect(page.getByRole('menuitem', { name: 'Sign out' })).toBeVisible()
  await isOpenToAll(page, 'one’s own menu')
})

test('Nobody is shut out of the profiles', async ({ guest }) => {
  const { page } = await guest('emma')
  await page.goto('/u/lindqvist')
  await expect(page.getByRole('heading', { level: 1, name: 'Marta Lindqvist' })).toBeVisible()
  await isOpenToAll(page, 'profile')
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Keyboard' })).toBeVisible()
  await isOpenToAll(page, 'keys')
  await page.goto('/u/nobody-at-all')
  await expect(page.getByText('There is nobody here')).toBeVisible()
  await isOpenToAll(page, 'no such person')
  await page.goto('/nowhere/at/all')
  await expect(page.getByRole('button', { name: 'Find something else' })).toBeVisible()
  await isOpenToAll(page, 'no such page')
})

test('Nobody is shut out who is new', async ({ newcomer }) => {
  const nora = await (await newcomer('Nora', schools().demo)).register()
  await expect(nora.page.getByText('You are in no room yet')).toBeVisible()
  await isOpenToAll(nora.page, 'home of somebody new')
  await nora.page.goto(`/u/${nora.username}`)
  await expect(nora.page.getByText('You have not written anything')).toBeVisible()
  await isOpenToAll(nora.page, 'one’s own profile')
})

test('Nobody is shut out of the settings', async ({ guest }) => {
  const { page, password } = await guest('emma')
  const sections = [
    ['Profile', 'It is cut to a square.'],
    ['Password', 'This device stays signed in'],
    ['Sign-ins', 'This device'],
    ['Programs', 'Give each program its own.'],
    ['Direct', 'Among students'],
    ['Appearance', 'Kept on this device.'],
  ] as const
  for (const [section, words] of sections) {
    const part = page.getByRole('link', { name: section, exact: true })
    if (section === 'Profile') await page.goto('/settings')
    else await part.click()
    await expect(part).toHaveAttribute('aria-current', 'page')
    await expect(page.getByText(words)).toBeVisible()
    await isOpenToAll(page, `settings, ${section}`)
  }
  await page.getByRole('link', { name: 'Programs', exact: true }).click()
  await page.getByLabel('Name').fill('Timetable')
  await page.getByLabel('Your password').fill(password)
  await page.getByRole('button', { name: 'Make the token' }).click()
  await expect(page.getByText('This is the new token.')).toBeVisible()
  await isOpenToAll(page, 'settings, a new token')
  await page.getByRole('button', { name: 'Revoke Timetable' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
  await expect(page.getByText('No program has a token of yours.')).toBeVisible()
})

test('Nobody is shut out of the rooms', async ({ guest }) => {
  const emma = await guest('emma')
  const { page } = emma
  const rooms = page.getByRole('region', { name: /^Your rooms/ })
  await emma.enter(rooms.getByRole('link'), emma.timeline)
  await emma.standsIn()
  await isOpenToAll(page, 'room')
  await page.getByRole('button', { name: /^People:/ }).click()
  await expect(page.getByRole('complementary').getByRole('link').first()).toBeVisible()
  await isOpenToAll(page, 'room, people')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'What you can do with this room' }).click()
  await expect(page.getByRole('menuitem').first()).toBeVisible()
  await isOpenToAll(page, 'room, menu')
  await page.keyboard.press('Escape')

  await emma.goHome()
  const others = page.getByRole('region', { name: 'Rooms to join' })
  const elsewhere = page.getByRole('heading', { level: 1 }).filter({ hasNotText: 'Home' })
  await emma.enter(others.getByRole('link'), elsewhere)
  await expect(page.getByRole('button', { name: 'Join' })).toBeVisible()
  await isOpenToAll(page, 'room, not joined')
  await page.goto('/u/emma/no-such-room')
  await expect(page.getByText('There is no such room')).toBeVisible()
  await isOpenToAll(page, 'no such room')
})

test('Nobody is shut out of writing', async ({ guest, wireTo }) => {
  const wire = await wireTo(schools().demo)
  const emma = await guest('emma', { baseURL: wire.address })
  const { page } = emma
  await emma.makeRoom(`Axes ${Date.now()}`)
  await isOpenToAll(page, 'room, empty')
  await emma.say('Words, **strong words** and `code`: https://school.example/')
  await emma.say('Words to take back')
  await expect(page.getByRole('article', { name: /^Your message/ })).toHaveCount(0)
  await emma.choose('More', emma.message('Words to take back'))
  await page.getByRole('menuitem', { name: 'Delete the message' }).click()
  await isOpenToAll(page, 'room, a question')
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await emma.composer.press('ArrowUp')
  await expect(page.getByRole('textbox', { name: 'Edit the message' })).toBeVisible()
  await isOpenToAll(page, 'room, correcting')
  await page.keyboard.press('Escape')
  wire.cut()
  await emma.say('Words that wait')
  await expect(page.getByText('Connecting again…')).toBeVisible()
  await isOpenToAll(page, 'room, no connection')
  wire.mend()
  await emma
    .message('Words that wait')
    .and(page.getByRole('article', { name: emma.name }))
    .waitFor()
})

test('Nobody is shut out of the files', async ({ guest }) => {
  const emma = await guest('emma')
  const { page } = emma
  await emma.makeRoom(`Files ${Date.now()}`)
  const pictures = [
    await drawn(page, 'pond.png', 1600, 900, 'teal'),
    await drawn(page, 'newt.png', 300, 300, 'white'),
  ]
  const report = {
    name: 'report.pdf',
    mimeType: 'application/pdf',
    buffer: Buffer.from('%PDF-1.7\n'),
  }
  const nothing = {
    name: 'nothing.txt',
    mimeType: 'text/plain',
    buffer: Buffer.alloc(0),
  }
  await emma.attach(...pictures, report, nothing)
  await expect(emma.tray.getByRole('listitem')).toHaveCount(3)
  await expect(page.getByText('“nothing.txt” is empty.')).toBeVisible()
  await isOpenToAll(page, 'room, files chosen')
  await emma.say('Two pictures and a report')
  await expect(page.getByRole('article', { name: /^Your message/ })).toHaveCount(0)
  await expect(emma.timeline.getByRole('link', { name: 'report.pdf' })).toBeVisible()
  await isOpenToAll(page, 'room, files')
  await emma.timeline.getByRole('button', { name: 'newt.png' }).click()
  await expect(page.getByRole('dialog', { name: 'newt.png' })).toBeVisible()
  await isOpenToAll(page, 'room, a picture')
})

test('Nobody is shut out of the courses', async ({ guest, newcomer }) => {
  const teacher = await guest('teacher')
  const { page } = teacher
  await page.getByRole('button', { name: 'Open a course' }).click()
  await expect(page.getByRole('dialog', { name: 'Open a course' })).toBeVisible()
  await isOpenToAll(page, 'open a course')
  await page.keyboard.press('Escape')
  await teacher.openCourse(`Axes ${Date.now()}`)
  await expect(page.getByText('Nothing has been announced yet.')).toBeVisible()
  await isOpenToAll(page, 'course, stream of a draft')
  await teacher.goToTab('Rooms')
  await isOpenToAll(page, 'course, rooms')
  await page.getByRole('button', { name: 'Add a room' }).click()
  await expect(page.getByRole('dialog', { name: 'Add a room' })).toBeVisible()
  await isOpenToAll(page, 'course, add a room')
  await page.keyboard.press('Escape')
  await teacher.goToTab('Materials')
  await isOpenToAll(page, 'course, materials')
  await teacher.goToTab('Settings')
  await isOpenToAll(page, 'course, settings')
  await teacher.goToTab('People')
  await expect(page.getByRole('region', { name: 'Teachers' })).toBeVisible()
  await isOpenToAll(page, 'course, people')
  await page.getByRole('button', { name: 'Add people' }).click()
  await page.getByLabel('Find people of the school').fill('a')
  await expect(page.getByRole('list', { name: 'People who fit' })).toBeVisible()
  await isOpenToAll(page, 'course, add people')
  await page.keyboard.press('Escape')
  const link = await teacher.makeJoinCode()
  await isOpenToAll(page, 'course, a code')
  await page.getByRole('button', { name: 'All codes' }).click()
  await expect(page.getByRole('button', { name: 'Make the code' })).toBeVisible()
  await isOpenToAll(page, 'course, codes')
  await page.goto(link)
  await expect(page.getByText('You take part in this course already.')).toBeVisible()
  await isOpenToAll(page, 'join, already in')
  const stranger = await newcomer('Guest', schools().demo)
  await stranger.page.goto(link)
  await expect(stranger.page.getByRole('link', { name: 'Sign in to join' })).toBeVisible()
  await isOpenToAll(stranger.page, 'join, signed out')
  await page.goto('/join/wrong')
  await expect(page.getByText('This code is not known here.')).toBeVisible()
  await isOpenToAll(page, 'join, a wrong code')
  await page.goto('/c/no-such-course')
  await expect(page.getByText('There is no such course')).toBeVisible()
  await isOpenToAll(page, 'no such course')
})

test('Nobody is shut out of writing to one another, and of reporting', async ({ guest, newcomer }) => {
  const teacher = await guest('teacher')
  const { page } = teacher
  const nora = await (await newcomer('Nora', schools().demo)).register()
  await nora.page.goto(`/u/${teacher.username}`)
  await nora.page.getByRole('button', { name: `Write to ${teacher.name}` }).click()
  await expect(nora.page.getByRole('link', { name: 'Who may write to whom' })).toBeVisible()
  await isOpenToAll(nora.page, 'profile, they may not write to each other')
  await nora.page.getByRole('button', { name: 'Report', exact: true }).click()
  const report = nora.page.getByRole('dialog', { name: `Report ${teacher.name}` })
  await report.getByRole('button', { name: 'Send the report' }).click()
  await expect(report.getByText('Please say what is the matter.')).toBeVisible()
  await isOpenToAll(nora.page, 'a report')

  await teacher.teach(`Geology ${Date.now()}`, nora)
  await teacher.goHome()
  await page.getByRole('button', { name: 'New conversation' }).click()
  const dialog = page.getByRole('dialog', { name: 'Write to somebody' })
  await dialog.getByLabel('Find people by name').fill(nora.username)
  await dialog.getByRole('button', { name: 'Nora Student' }).click()
  await expect(dialog.getByText('Nobody that you can see has this name.')).toBeVisible()
  await isOpenToAll(page, 'write to somebody')
  await dialog.getByRole('button', { name: 'Begin' }).click()
  await teacher.standsIn('Nora')
  await teacher.say('Welcome to the class.')
  await expect(page.getByRole('article', { name: /^Your message/ })).toHaveCount(0)
  await isOpenToAll(page, 'direct room')
  await teacher.goHome()
  await expect(page.getByRole('region', { name: 'Direct' }).getByRole('link').first()).toBeVisible()
  await isOpenToAll(page, 'home, direct rooms')
})

test('Nobody is shut out of the materials', async ({ guest }) => {
  const teacher = await guest('teacher')
  const { page } = teacher
  await teacher.openCourse(`Optics ${Date.now()}`)
  await teacher.goToTab('Materials')
  await page.getByRole('button', { name: 'Add a unit' }).click()
  await expect(page.getByRole('textbox', { name: 'Title' })).toBeFocused()
  await isOpenToAll(page, 'materials, add a unit')
  await page.getByRole('textbox', { name: 'Title' }).fill('Lenses')
  await page.getByRole('textbox', { name: 'Title' }).press('Enter')
  for (const [what, label, words] of [
    ['Add a page', 'Text', 'Light **bends**.'],
    ['Add a link', 'Address', 'https://optics.example/lenses'],
  ] as const) {
    await page.getByRole('button', { name: 'Add to “Lenses”' }).click()
    await page.getByRole('menuitem', { name: what }).click()
    const dialog = page.getByRole('dialog', { name: what })
    await dialog.getByLabel(label).fill(words)
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    await expect(dialog.getByText('Please fill this in.')).toBeVisible()
    await isOpenToAll(page, `materials, ${what}, refused`)
    await dialog.getByLabel('Title').fill(`Made by: ${what}`)
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
  }
  await page.getByRole('button', { name: 'Made by: Add a page', exact: true }).click()
  await expect(page.locator('strong', { hasText: 'bends' })).toBeVisible()
  await isOpenToAll(page, 'materials')
  await page.getByRole('button', { name: 'Add to “Lenses”' }).click()
  await page.getByRole('menuitem', { name: 'Add a file' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Add', exact: true }).click()
  await expect(page.getByText('Choose a file.')).toBeVisible()
  await isOpenToAll(page, 'materials, add a file, refused')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'What you can do with the unit “Lenses”' }).click()
  await page.getByRole('menuitem', { name: 'Remove the unit' }).click()
  await expect(page.getByRole('dialog').getByText('The 2 materials in it go with it')).toBeVisible()
  await isOpenToAll(page, 'materials, a question')
})

async function seeSections(page: Page, sections: readonly (readonly [string, string])[]): Promise<void> {
  for (const [section, words] of sections) {
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.getByRole('link', { name: section, exact: true }).click()
    await expect(page.getByText(words).first()).toBeVisible()
    await expect(page.getByRole('heading', { level: 1, name: section })).toBeVisible()
    await isOpenToAll(page, `administration, ${section}`)
  }
}

test('Nobody is shut out of the administration', async ({ guest }) => {
  await (await guest('emma')).report('kalnins', 'Words for the administrators')
  const { page } = await guest('administrator')
  const sections = [
    ['People', 'Emma Kalēja'],
    ['Import', 'The columns'],
    ['Courses and terms', 'Open a term'],
    ['Reports', 'Words for the administrators'],
    ['Roles', 'Read what staff did'],
    ['Audit', 'edusphere audit verify'],
  ] as const
  const wide = { width: 1280, height: 800 }
  await page.goto('/admin/')
  await seeSections(page, sections)
  await page.setViewportSize(wide)
  await page.getByRole('link', { name: 'People', exact: true }).click()
  await page.getByRole('searchbox').fill('Ieva')
  await page.getByRole('link', { name: 'Ieva Kalēja' }).click()
  await expect(page.getByRole('heading', { level: 2, name: 'Guardian of' })).toBeVisible()
  await isOpenToAll(page, 'administration, a person')
})

test('Nobody is shut out of looking after rooms, topics, messages and the school', async ({ guest }) => {
  const { page } = await guest('administrator')
  const sections = [
    ['Rooms', 'Private rooms:'],
    ['Topics', 'A topic says what a room is about'],
    ['Messages', 'Choose all that are shown'],
    ['School settings', 'Who may make an account'],
  ] as const
  const wide = { width: 1280, height: 800 }
  await page.goto('/admin/')
  await seeSections(page, sections)
  await page.setViewportSize(wide)
  await page.getByRole('link', { name: 'Rooms', exact: true }).click()
  await page.getByRole('table').getByRole('link').first().click()
  await expect(page.getByRole('heading', { level: 2, name: 'People' })).toBeVisible()
  await isOpenToAll(page, 'administration, a room')
  await page.setViewportSize(wide)
  await page.getByRole('link', { name: 'Messages', exact: true }).click()
  await page.getByRole('link', { name: 'History' }).first().click()
  await expect(page.getByRole('heading', { level: 2, name: 'History' })).toBeVisible()
  await isOpenToAll(page, 'administration, a message')
  await page.setViewportSize(wide)
  await page.getByRole('link', { name: 'Topics', exact: true }).click()
  await page
    .getByRole('button', { name: /^Merge / })
    .first()
    .click()
  await page.getByRole('dialog').getByRole('searchbox').fill('e')
  await expect(page.getByRole('dialog').getByRole('list').getByRole('button').first()).toBeVisible()
  await isOpenToAll(page, 'administration, two topics merged')
  await page.goto('/admin/rooms')
  await page.getByRole('button', { name: 'New room' }).click()
  await page.getByRole('button', { name: 'Make the room' }).click()
  await expect(page.getByText('Please choose who hosts the room.')).toBeVisible()
  await isOpenToAll(page, 'administration, a room for somebody')
})
