/** What administrators do in a year: they let people in, close accounts, end terms, look into reports. */
import { readFile } from 'node:fs/promises'

import { expect, type Person, test } from './people'
import { schools } from './schools'

/** Differs from run to run: a demo school remembers. */
const SEASON = `${Date.now() % 1_000_000}`

function table(...lines: string[]) {
  return { name: 'class.csv', mimeType: 'text/csv', buffer: Buffer.from(lines.join('\n')) }
}

async function open(administrator: Person, section: string): Promise<void> {
  const { page, name } = administrator
  await page.getByRole('button', { name: `Menu of ${name}` }).click()
  await page.getByRole('menuitem', { name: 'Administration' }).click()
  await page
    .getByRole('navigation', { name: 'Administration' })
    .getByRole('link', { name: section, exact: true })
    .click()
  await expect(page.getByRole('heading', { level: 1, name: section })).toBeVisible()
}

test('An administrator imports a roster, looked at first', async ({ guest }) => {
  const ilze = await guest('administrator')
  const { page } = ilze
  const code = `ART-${SEASON}`
  await ilze.runCourse(code)
  await open(ilze, 'Import')
  const choose = page.getByLabel('Choose a table')
  await choose.setInputFiles(table('email,name,course', `not an address,Nora,${code}`))
  await expect(page.getByText('There is 1 problem in this table.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Import', exact: true })).toBeDisabled()

  const lines = [`nora.${SEASON}@school.example,Nora Ābele`, `otto.${SEASON}@school.example,Otto Ozols`]
  const whole = table('email,name,course,section,shoe size', ...lines.map((line) => `${line},${code},A,38`))
  await page.getByRole('button', { name: 'Another table' }).click()
  await choose.setInputFiles(whole)
  await expect(page.getByRole('heading', { name: 'What class.csv would change' })).toBeFocused()
  await expect(page.getByRole('region', { name: '2 new people' }).getByText('Nora Ābele')).toBeVisible()
  await expect(page.getByRole('region', { name: '2 places in courses' })).toBeVisible()
  await expect(page.getByText('are left alone: shoe size.')).toBeVisible()
  await page.getByRole('button', { name: 'Import', exact: true }).click()
  await expect(page.getByRole('heading', { name: 'class.csv is imported' })).toBeFocused()
  const [result] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save all of it as CSV' }).click(),
  ])
  expect(await readFile(await result.path(), 'utf8')).toContain(`nora.${SEASON}@school.example`)

  await page.getByRole('button', { name: 'Another table' }).click()
  await choose.setInputFiles(table('email,name,course,section', `${lines[0]},${code},A`))
  await expect(page.getByText('there is nothing to import')).toBeVisible()
  const withdraw = page.getByRole('switch', { name: 'Also withdraw students whom the table does not name' })
  await withdraw.click()
  await page.getByRole('button', { name: 'Import', exact: true }).click()
  await expect(page.getByRole('region', { name: '1 student was withdrawn' })).toContainText('Otto Ozols')
})

test('An administrator makes an account, closes it and opens it again', async ({ guest, newcomer }) => {
  const ilze = await guest('administrator')
  const { page } = ilze
  const name = `Pauls ${SEASON}`
  await open(ilze, 'People')
  await page.getByRole('button', { name: 'Make an account' }).click()
  const dialog = page.getByRole('dialog', { name: 'Make an account' })
  await dialog.getByLabel('Full name').fill(name)
  await expect(dialog.getByLabel('Username')).toHaveValue(`pauls-${SEASON}`)
  await dialog.getByLabel('E-mail').fill(`pauls.${SEASON}@school.example`)
  await dialog.getByLabel('Role').selectOption('Guardian')
  await dialog.getByRole('button', { name: 'Make the account' }).click()
  const link = dialog.getByText(/^http:\S+\/reset\/\S+$/)
  const pauls = await newcomer('Pauls', new URL(page.url()).origin)
  await pauls.page.goto((await link.textContent()) ?? '')
  await expect(pauls.page.getByRole('textbox', { name: 'New password' })).toBeVisible()
  await dialog.getByRole('button', { name: 'Done' }).click()

  await page.getByRole('searchbox').fill(name)
  const row = page.getByRole('row').filter({ hasText: name })
  await row.getByRole('checkbox').check()
  await page.getByRole('button', { name: 'Close the account' }).click()
  await expect(row.getByText('Closed')).toBeVisible()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(row.getByText('Closed')).toBeHidden()
  await page.getByRole('button', { name: 'Close the account' }).click()
  await expect(row.getByText('Closed')).toBeVisible()

  await row.getByRole('link', { name }).click()
  await page.getByRole('searchbox', { name: 'Find a pupil to add' }).fill('Emma')
  await page.getByRole('button', { name: 'Add Emma Kalēja' }).click()
  await expect(page.getByRole('button', { name: 'Remove Emma Kalēja' })).toBeVisible()
  await page.getByRole('button', { name: 'Open again' }).click()
  await expect(page.getByRole('button', { name: 'Close the account' })).toBeVisible()
  await expect(page.getByText('Opened again the account of')).toHaveCount(2)
  await page.getByLabel('Role').selectOption('Administrator')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByRole('dialog', { name: `Make ${name} an administrator?` })).toBeVisible()
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()

  await open(ilze, 'Audit')
  await page.getByRole('searchbox').fill(name)
  await expect(page.getByRole('listitem').filter({ hasText: name }).first()).toContainText('by berzina')
})

test('An administrator rolls the term over and undoes it', async ({ guest }) => {
  const ilze = await guest('administrator')
  const { page } = ilze
  const [term, next, code] = [`Autumn ${SEASON}`, `Spring ${SEASON}`, `OLD-${SEASON}`]
  await open(ilze, 'Courses and terms')
  await page.getByRole('button', { name: 'Open a term' }).click()
  const opening = page.getByRole('dialog', { name: 'Open a term' })
  await opening.getByLabel('Name of the new term').fill(term)
  await opening.getByLabel('First day').fill('2020-09-01')
  await opening.getByLabel('Last day').fill('2020-12-31')
  await opening.getByRole('button', { name: 'Open the term' }).click()
  await expect(opening).toBeHidden()
  const emma = await guest('emma')
  await ilze.runCourse(code, term, emma)
  await emma.enterCourse(code)
  await emma.goToTab('Rooms')
  await emma.page
    .getByRole('main')
    .getByRole('link', { name: /^General/ })
    .click()
  await expect(emma.composer).toBeVisible()

  await page.getByRole('button', { name: `Roll ${term} over` }).click()
  const rolling = page.getByRole('dialog', { name: `Roll ${term} over` })
  await expect(rolling.getByLabel('First day')).toHaveValue('2021-01-01')
  await rolling.getByLabel('Name of the new term').fill(next)
  await rolling.getByRole('button', { name: 'Roll over' }).click()
  await expect(rolling.getByText(`Please type “${term}”.`)).toBeVisible()
  await rolling.getByLabel(`To go on, type ${term}`).fill(term)
  await rolling.getByRole('button', { name: 'Roll over' }).click()
  await expect(page.getByText(`${next} begins with 1 course as a draft.`)).toBeVisible()
  await expect(emma.page.getByText('This course is over.')).toBeVisible()
  await expect(emma.composer).toHaveCount(0)
  await page.getByRole('searchbox').fill(code)
  const course = page.getByRole('row').filter({ hasText: code })
  await expect(course.filter({ hasText: next })).toContainText('Draft')
  await page.getByLabel('State').selectOption('Over')
  await expect(course.filter({ hasText: term })).toContainText('Over')

  await page.getByRole('button', { name: `Undo the roll-over of ${term}` }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Undo the roll-over' }).click()
  await expect(page.getByRole('button', { name: `Roll ${term} over` })).toBeVisible()
  await expect(emma.composer).toBeVisible()
  await page.getByLabel('State').selectOption('Going on or prepared')
  await expect(course.filter({ hasText: term })).toBeVisible()
  await expect(course.filter({ hasText: next })).toHaveCount(0)
})

test('An administrator looks into a report and closes it', async ({ guest }) => {
  const emma = await guest('emma')
  await emma.report('kalnins', `He was unkind ${SEASON}`)
  const ilze = await guest('administrator')
  const { page } = ilze
  await open(ilze, 'Reports')
  const report = page.getByRole('article').filter({ hasText: `He was unkind ${SEASON}` })
  await expect(report).toContainText('Reported by Emma Kalēja')
  await report.getByRole('button', { name: 'Close the report' }).click()
  await expect(report.getByText('Please say what came of it.')).toBeVisible()
  await report.getByLabel('What came of it').fill('We talked.')
  await report.getByRole('button', { name: 'Close the report' }).click()
  await expect(report).toBeHidden()
  await page.getByRole('button', { name: 'Closed', exact: true }).click()
  await expect(report).toContainText('We talked.')
})

test('An administrator finds a message, removes and restores it, and a pupil’s screen follows', async ({
  guest,
}) => {
  const [emma, ilze] = [await guest('emma'), await guest('administrator')]
  const { page } = ilze
  const [room, unkind] = [`Clay ${SEASON}`, `unkind${SEASON} words`]
  await emma.makeRoom(room)
  await emma.say(unkind)
  await emma.say('kind words')
  await emma.reads(unkind, 'kind words')

  await open(ilze, 'Messages')
  await page.getByRole('searchbox', { name: 'Find words' }).fill(`UNKIND${SEASON}`)
  const message = page.getByRole('listitem').filter({ has: page.getByRole('link', { name: room }) })
  await expect(message).toHaveCount(1)
  await expect(message).toContainText(unkind)
  await message.getByRole('button', { name: 'Remove' }).click()
  await emma.reads('—', 'kind words')
  await expect(message).toContainText('by Ilze Bērziņa')
  await expect(message).not.toContainText(unkind)
  await message.getByRole('button', { name: 'Read it (this is recorded)' }).click()
  await expect(message).toContainText(unkind)
  await message.getByRole('button', { name: 'Restore' }).click()
  await emma.reads(unkind, 'kind words')

  await message.getByRole('link', { name: 'History' }).click()
  for (const act of ['Removed a message by', 'Read a removed message by', 'Restored a message by'])
    await expect(page.getByText(act)).toBeVisible()
  await page.getByRole('link', { name: 'All of this room' }).click()
  await expect(page.getByRole('button', { name: `Let go of ${room}` })).toBeVisible()
  await expect(message).toHaveCount(2)
  await page.getByLabel('Choose all that are shown').check()
  const chosen = page.getByRole('region', { name: 'The chosen messages' })
  await chosen.getByRole('button', { name: 'Remove' }).click()
  await emma.reads('—', '—')
  const notice = page.locator('.notice').filter({ hasText: '2 messages are removed.' })
  await notice.getByRole('button', { name: 'Undo' }).click()
  await emma.reads(unkind, 'kind words')
})

test('An administrator renames a room, changes who is in it, and deletes it', async ({ guest }) => {
  const [emma, ilze] = [await guest('emma'), await guest('administrator')]
  const { page } = ilze
  await emma.makeRoom(`Sand ${SEASON}`)
  await open(ilze, 'Rooms')
  await page.getByRole('searchbox').fill(`Sand ${SEASON}`)
  await page.getByRole('link', { name: `Sand ${SEASON}` }).click()
  await page.getByLabel('Name', { exact: true }).fill(`Stone ${SEASON}`)
  await page.getByRole('textbox', { name: 'Address' }).fill('!?')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByText('Please use letters, digits and hyphens.')).toBeVisible()
  await page.getByRole('textbox', { name: 'Address' }).fill(`stone-${SEASON}`)
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(emma.page.getByRole('heading', { level: 1, name: `Stone ${SEASON}` })).toBeVisible()

  await page.getByRole('searchbox', { name: 'Bring somebody in' }).fill('davids')
  await page.getByRole('list', { name: 'Bring somebody in: found' }).getByRole('button').first().click()
  await page.getByLabel('Role of Dāvids Ozols').selectOption('Moderator')
  await expect(page.getByText('Gave somebody another role in the room')).toBeVisible()
  await page.getByRole('button', { name: 'Remove Dāvids Ozols' }).click()
  await expect(page.getByText('Took somebody out of the room')).toBeVisible()
  await expect(page.getByText('Brought people into the room')).toBeVisible()

  await page.getByRole('button', { name: 'Delete the room' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete the room' }).click()
  await expect(page.getByText(`Stone ${SEASON} is deleted.`, { exact: true })).toBeVisible()
  await page.getByRole('searchbox').fill(`Stone ${SEASON}`)
  await expect(page.getByText('No room fits')).toBeVisible()
})

test('An administrator makes a room for a teacher, on whose open home it appears', async ({ guest }) => {
  const [marta, ilze] = [await guest('teacher'), await guest('administrator')]
  const { page } = ilze
  const [name, topic] = [`Kilns ${SEASON}`, `Firing ${SEASON}`]
  await open(ilze, 'Rooms')
  await page.getByRole('button', { name: 'New room' }).click()
  const dialog = page.getByRole('dialog', { name: 'Make a room for somebody' })
  await expect(dialog.getByRole('link', { name: 'added on the course’s page' })).toBeVisible()
  await dialog.getByLabel('Topic').fill(topic)
  await dialog.getByRole('textbox', { name: 'Address' }).fill('!?')
  await dialog.getByRole('button', { name: 'Make the room' }).click()
  await expect(dialog.getByText('Please choose who hosts the room.')).toBeVisible()
  await dialog.getByRole('searchbox', { name: 'Host' }).fill('lindqvist')
  await dialog.getByRole('list', { name: 'Host: found' }).getByRole('button').first().click()
  await dialog.getByRole('textbox', { name: 'Name' }).fill(name)
  await dialog.getByRole('button', { name: 'Make the room' }).click()
  await expect(dialog.getByText('Please use letters, digits and hyphens.')).toBeVisible()
  await dialog.getByRole('textbox', { name: 'Address' }).fill('')
  await dialog.getByRole('button', { name: 'Make the room' }).click()

  await expect(page.getByRole('heading', { level: 2, name })).toBeVisible()
  await expect(page.getByText('Hosted by Marta Lindqvist')).toBeVisible()
  await expect(page.getByText('Made for somebody the room')).toBeVisible()
  await expect(marta.page.getByRole('article').filter({ hasText: name })).toBeVisible()
  await open(ilze, 'Rooms')
  await page.getByRole('button', { name: 'New room' }).click()
  await dialog.getByRole('searchbox', { name: 'Host' }).fill('lindqvist')
  await dialog.getByRole('list', { name: 'Host: found' }).getByRole('button').first().click()
  await dialog.getByRole('textbox', { name: 'Name' }).fill(name)
  await dialog.getByRole('button', { name: 'Make the room' }).click()
  await expect(dialog.getByText('The host has a room with this name already.')).toBeVisible()
})

test('Whoever is given another role sees at once what it may do', async ({ guest, newcomer }) => {
  const nora = await (await newcomer('Nora', schools().demo)).register()
  const ilze = await guest('administrator')
  const { page } = ilze
  const openCourse = nora.page.getByRole('button', { name: 'Open a course' })
  const role = page.getByLabel('Role', { exact: true })
  const give = async (name: string): Promise<void> => {
    await role.selectOption(name)
    await page.getByRole('button', { name: 'Save', exact: true }).click()
  }
  await expect(openCourse).toHaveCount(0)
  await open(ilze, 'People')
  await page.getByRole('searchbox').fill(nora.username)
  await page.getByRole('link', { name: nora.name, exact: true }).click()
  await give('Teacher')
  await expect(openCourse).toBeVisible()

  await give('Administrator')
  await page.getByRole('dialog').getByRole('button', { name: 'Make them an administrator' }).click()
  const menu = nora.page.getByRole('button', { name: `Menu of ${nora.name}` })
  await expect(page.getByText('Changed the account of')).toHaveCount(2)
  await menu.click()
  await nora.page.getByRole('menuitem', { name: 'Administration' }).click()
  await expect(nora.page.getByRole('heading', { level: 1, name: 'People' })).toBeVisible()

  await give('Student')
  await page.getByRole('dialog').getByRole('button', { name: 'Take it away' }).click()
  await expect(nora.page.getByRole('heading', { level: 1, name: 'Home' })).toBeVisible()
  await expect(openCourse).toHaveCount(0)
  await menu.click()
  await expect(nora.page.getByRole('menuitem', { name: 'Settings' })).toBeVisible()
  await expect(nora.page.getByRole('menuitem', { name: 'Administration' })).toHaveCount(0)
})

test('An administrator keeps the topics in order, going there by the palette', async ({ guest }) => {
  const { page } = await guest('administrator')
  // Courses have topics of this season too.
  const [first, second] = [`Origami kites ${SEASON}`, `Origami dragons ${SEASON}`]
  await page.keyboard.press('Control+K')
  await page.getByRole('dialog').getByRole('combobox').fill('Administration: Topics')
  await page.getByRole('option', { name: 'Administration: Topics' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Topics' })).toBeVisible()
  await page.getByRole('button', { name: 'Make a topic' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill(first)
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('searchbox').fill('Origami')
  await page.getByRole('button', { name: `Rename ${first}` }).click()
  await dialog.getByLabel('Name').fill(second)
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('button', { name: `Delete ${second}` }).click()
  await expect(page.getByText('No topic fits')).toBeVisible()
})

test('An administrator decides something for the school, and takes it back', async ({ guest }) => {
  const ilze = await guest('administrator')
  const { page } = ilze
  await open(ilze, 'School settings')
  const name = page.getByLabel('Name of the school')
  const before = await name.inputValue()
  await name.fill(' ')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByText('Please fill this in.')).toBeVisible()
  await name.fill(`${before} ${SEASON}`)
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page.getByRole('listitem').filter({ hasText: `${before} ${SEASON}` })).toBeVisible()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByText('It is as it was before.', { exact: true })).toBeVisible()
  await expect(name).toHaveValue(before)
})

test('Lists come in the order of the column that is pressed', async ({ guest }) => {
  const ilze = await guest('administrator')
  const { page } = ilze
  await open(ilze, 'People')
  const first = page.getByRole('row').nth(1)
  await expect(first).toContainText('Amelia Hart')
  await page.getByRole('columnheader').getByRole('button', { name: 'E-mail' }).click()
  await page.getByRole('columnheader').getByRole('button', { name: 'E-mail' }).click()
  await expect(page.getByRole('columnheader', { name: 'E-mail' })).toHaveAttribute('aria-sort', 'descending')
  await expect(first).not.toContainText('Amelia Hart')
  await expect(page).toHaveURL(/order=-email/)
  const [list] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save this list as CSV' }).click(),
  ])
  expect(await readFile(await list.path(), 'utf8')).toContain('name,username,email')
})

test('An administrator sees who was here last, and saves all that a list finds', async ({ guest }) => {
  const ilze = await guest('administrator')
  const { page } = ilze
  const save = page.getByRole('button', { name: 'Save this list as CSV' })
  const saved = async (): Promise<string> => {
    const [list] = await Promise.all([page.waitForEvent('download'), save.click()])
    return readFile(await list.path(), 'utf8')
  }
  await open(ilze, 'People')
  const first = page.getByRole('row').nth(1)
  const seen = page.getByRole('columnheader', { name: 'Last here' })
  await seen.getByRole('button').click()
  await expect(seen).toHaveAttribute('aria-sort', 'descending')
  await seen.getByRole('button').click()
  await expect(seen).toHaveAttribute('aria-sort', 'ascending')
  await expect(first).toContainText('Not lately')
  await seen.getByRole('button').click()
  await expect(seen).toHaveAttribute('aria-sort', 'descending')
  await expect(first).not.toContainText('Not lately')
  await page.getByRole('columnheader').getByRole('button', { name: 'Role' }).click()
  await expect(first).toContainText('Administrator')
  await expect(page.getByRole('button', { name: 'Show more' })).toBeVisible()
  const people = (await saved()).trim().split('\r\n')
  expect(people.length).toBeGreaterThan(await page.getByRole('row').count())
  expect(people[1]).toContain(',admin,')

  // Of these the school has more than the server gives at once.
  await open(ilze, 'Messages')
  await page.getByRole('searchbox', { name: 'Find words' }).fill('please')
  await expect(page.getByRole('listitem').filter({ hasText: /please/i })).toHaveCount(50)
  const messages = await saved()
  const ids = messages.match(/^[-0-9a-f]{36}(?=,)/gm) ?? []
  expect(ids.length).toBeGreaterThan(200)
  expect(new Set(ids).size).toBe(ids.length)
  await page.getByLabel('Order').selectOption('Oldest first')
  await expect(page).toHaveURL(/order=oldest/)
})

test('Nobody else comes into the administration', async ({ guest }) => {
  const { page, name } = await guest('teacher')
  await page.getByRole('button', { name: `Menu of ${name}` }).click()
  await expect(page.getByRole('menuitem', { name: 'Settings' })).toBeVisible()
  await expect(page.getByRole('menuitem', { name: 'Administration' })).toHaveCount(0)
  await page.goto('/admin/people')
  await expect(page.getByRole('heading', { level: 1, name: 'Home' })).toBeVisible()
})

test('An administrator ends two courses at once, takes it back, and reads what was done to one', async ({
  guest,
}) => {
  const ilze = await guest('administrator')
  const { page } = ilze
  const code = `ENDS-${SEASON}`
  const rows = page.getByRole('row').filter({ hasText: code })
  for (const number of [1, 2]) {
    await open(ilze, 'Courses and terms')
    await page.getByRole('main').getByRole('link', { name: 'Open a course' }).click()
    const dialog = page.getByRole('dialog', { name: 'Open a course' })
    await dialog.getByLabel('Title').fill(`Ends soon ${number}`)
    await dialog.getByRole('textbox', { name: 'Code' }).fill(`${code}-${number}`)
    await dialog.getByRole('button', { name: 'Open the course' }).click()
    await page.getByRole('button', { name: 'Publish' }).click()
    await expect(page.getByText('This is a draft')).toBeHidden()
  }
  await open(ilze, 'Courses and terms')
  await page.getByRole('searchbox').fill(code)
  await expect(rows).toHaveCount(2)
  for (const number of [1, 2]) await page.getByLabel(`Choose Ends soon ${number}`).check()
  const chosen = page.getByRole('region', { name: 'The chosen courses' })
  await expect(chosen).toContainText('2 courses chosen')
  await chosen.getByRole('button', { name: 'Archive' }).click()
  await expect(page.getByText('2 courses are over', { exact: false }).first()).toBeVisible()
  await expect(rows).toHaveCount(0)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(rows).toHaveCount(2)

  await page.getByRole('link', { name: 'History of Ends soon 1' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Audit' })).toBeVisible()
  const entries = page.getByRole('listitem').filter({ hasText: 'Ends soon 1' })
  await expect(entries.first()).toContainText('Let go on the course')
  await expect(entries.nth(1)).toContainText('Ended the course')
  await expect(page.getByRole('listitem').filter({ hasText: 'Ends soon 2' })).toHaveCount(0)
  await page.getByRole('button', { name: 'Show everything' }).click()
  await expect(page.getByText('The history of one thing.')).toHaveCount(0)
})

test('An administrator deletes two rooms at once', async ({ guest }) => {
  const ilze = await guest('administrator')
  const { page } = ilze
  const name = `Doomed ${SEASON}`
  for (const number of [1, 2]) {
    await ilze.makeRoom(`${name} ${number}`)
    await ilze.goHome()
  }
  await open(ilze, 'Rooms')
  await page.getByRole('searchbox').fill(name)
  const rows = page.getByRole('row').filter({ hasText: name })
  await expect(rows).toHaveCount(2)
  for (const number of [1, 2]) await page.getByLabel(`Choose ${name} ${number}`).check()
  const chosen = page.getByRole('region', { name: 'The chosen rooms' })
  await chosen.getByRole('button', { name: 'Delete' }).click()
  const dialog = page.getByRole('dialog', { name: 'Delete 2 rooms?' })
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await expect(page.getByText('2 rooms are deleted.').first()).toBeVisible()
  await expect(rows).toHaveCount(0)
})
