/** Who is in a course: from a table, taken out, and back again. */
import { isOpenToAll } from './openness'
import { expect, test } from './people'
import { schools } from './schools'

test('A teacher imports a table into their course', async ({ guest }) => {
  const [teacher, emma] = [await guest('teacher'), await guest('emma')]
  const { page } = teacher
  await teacher.teach(`From a table ${Date.now()}`)
  await teacher.goToTab('People')
  await page.getByRole('button', { name: 'Import from a table' }).click()
  const dialog = page.getByRole('dialog', { name: 'Import from a table' })
  const choose = dialog.getByLabel('Choose a table')
  const table = (...lines: string[]) => ({
    ...{ name: 'class.csv', mimeType: 'text/csv' },
    buffer: Buffer.from(lines.join('\n')),
  })
  await isOpenToAll(page, 'course, import from a table')

  await test.step('A table with a mistake changes nothing', async () => {
    await choose.setInputFiles(table('email,section', 'not an address,A'))
    await expect(dialog.getByText('There is 1 problem in this table.')).toBeVisible()
    await expect(dialog.getByRole('button', { name: 'Import', exact: true })).toBeDisabled()
    await isOpenToAll(page, 'course, a table with a mistake')
    await dialog.getByRole('button', { name: 'Another table' }).click()
  })

  await test.step('A good one is looked at, and imported', async () => {
    await choose.setInputFiles(table('email,section', `${emma.email},Group A`))
    await expect(dialog.getByRole('region', { name: '1 place in a course' })).toContainText(emma.email)
    await isOpenToAll(page, 'course, what a table would change')
    await dialog.getByRole('button', { name: 'Import', exact: true }).click()
    await expect(dialog.getByRole('heading', { name: 'class.csv is imported' })).toBeFocused()
    await page.getByRole('button', { name: 'Close' }).click()
    await expect(page.getByRole('region', { name: 'Students' })).toContainText('Group A')
  })
})

test('A teacher takes a pupil out, takes it back, and lets her only look on', async ({ guest, newcomer }) => {
  const teacher = await guest('teacher')
  const nora = await (await newcomer('Nora', schools().demo)).register()
  const title = `Back again ${Date.now()}`
  const { page } = teacher
  const students = page.getByRole('region', { name: 'Students' })
  const observers = page.getByRole('region', { name: 'Observers' })
  const choose = async (action: string) => {
    await page.getByRole('button', { name: `What you can do about ${nora.name}` }).click()
    await page.getByRole('menuitem', { name: action }).click()
  }
  await teacher.teach(title, nora)
  await teacher.goToTab('People')
  await expect(students).toContainText(nora.name)

  await test.step('Undo brings her back, and opens the course on her screen', async () => {
    await choose('Take out of the course')
    await page.getByRole('dialog').getByRole('button', { name: 'Take out' }).click()
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect(page.getByText(`${nora.name} takes part in ${title} again.`, { exact: true })).toBeVisible()
    await expect(students).toContainText(nora.name)
    await nora.enterCourse(title)
    await nora.goToTab('Rooms')
    await nora.page
      .getByRole('main')
      .getByRole('link', { name: /^General/ })
      .click()
    await expect(nora.composer).toBeVisible()
  })

  await test.step('As an observer she writes no more, and does again as a student', async () => {
    const change = page.getByRole('dialog', { name: nora.name })
    await choose('Change role or section')
    await change.getByLabel('Role').selectOption('Observer')
    await change.getByRole('button', { name: 'Save' }).click()
    await expect(observers).toContainText(nora.name)
    await expect(nora.composer).toHaveCount(0)
    await choose('Change role or section')
    await change.getByLabel('Role').selectOption('Student')
    await change.getByRole('button', { name: 'Save' }).click()
    await expect(nora.composer).toBeVisible()
  })
})
