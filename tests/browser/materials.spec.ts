import { drawn } from './drawings'
import { expect, test, type Person } from './people'
import { schools } from './schools'

test('A teacher arranges materials by keyboard, and a pupil sees what is new', async ({
  guest,
  newcomer,
}) => {
  const teacher = await guest('teacher')
  const nora = await (await newcomer('Nora', schools().demo)).register()
  await teacher.teach(`Botany ${Date.now()}`, nora)
  const { page } = teacher
  const keys = page.keyboard
  await teacher.goToTab('Materials')

  await test.step('Adds units, a page and a link', async () => {
    for (const title of ['Leaves', 'Roots']) {
      await page.getByRole('button', { name: 'Add a unit' }).press('Enter')
      await expect(page.getByRole('textbox', { name: 'Title' })).toBeFocused()
      await keys.type(title)
      await keys.press('Enter')
      await expect(page.getByRole('region', { name: title })).toBeVisible()
    }
    await add(teacher, 'Leaves', 'Add a page')
    await keys.type('Why leaves are green')
    await keys.press('Tab')
    await keys.type('It is the **chlorophyll**.')
    await page.getByRole('dialog').getByRole('button', { name: 'Add', exact: true }).press('Enter')
    await expect(page.getByRole('button', { name: 'Why leaves are green', exact: true })).toBeVisible()
    await add(teacher, 'Leaves', 'Add a link')
    await keys.type('https://gardens.example/brno')
    await keys.press('Tab')
    await keys.type('A garden')
    await keys.press('Enter')
    await expect(page.getByRole('link', { name: /^A garden/ })).toHaveAttribute('target', '_blank')
  })

  await test.step('Moves the page down, and on into the next unit', async () => {
    const handle = page.getByRole('button', { name: 'Move “Why leaves are green”' })
    await handle.press('ArrowDown')
    await inOrder(teacher, 'Leaves', ['A garden', 'Why leaves are green'])
    await expect(handle).toBeFocused()
    await keys.press('ArrowDown')
    await inOrder(teacher, 'Roots', ['Why leaves are green'])
    await expect(handle).toBeFocused()
    await page.getByRole('button', { name: 'Move “Roots”' }).press('ArrowUp')
    await expect(page.getByRole('heading', { level: 2 })).toHaveText(['Roots', 'Leaves'])
    await expect(page.getByRole('region', { name: 'Materials' })).toHaveAttribute('aria-busy', 'false')
    await page.reload()
    await expect(page.getByRole('heading', { level: 2 })).toHaveText(['Roots', 'Leaves'])
    await inOrder(teacher, 'Roots', ['Why leaves are green'])
  })

  await test.step('Nora reads what is new; the next time it is new no longer', async () => {
    await nora.enterCourse('Botany')
    await nora.goToTab('Materials')
    await expect(nora.page.getByText('2 new since your last visit')).toBeVisible()
    await nora.page.getByRole('button', { name: 'Why leaves are green' }).click()
    await expect(nora.page.locator('strong', { hasText: 'chlorophyll' })).toBeVisible()
    await expect(nora.page.getByRole('button', { name: 'Add a unit' })).toHaveCount(0)
    await nora.goToTab('Rooms')
    await nora.goToTab('Materials')
    await expect(nora.page.getByRole('region', { name: 'Leaves' })).toBeVisible()
    await expect(nora.page.getByText('new since your last visit')).toHaveCount(0)
  })
})

test('A teacher drags what a colleague has just removed, and sees the list as it is', async ({ guest }) => {
  const teacher = await guest('teacher')
  const { page } = teacher
  await teacher.openCourse(`Zoology ${Date.now()}`)
  await teacher.goToTab('Materials')
  for (const title of ['Newts', 'Frogs', 'Toads']) {
    await page.getByRole('button', { name: 'Add a unit' }).click()
    await page.getByRole('textbox', { name: 'Title' }).fill(title)
    await page.getByRole('textbox', { name: 'Title' }).press('Enter')
    await expect(page.getByRole('region', { name: title })).toBeVisible()
  }

  await test.step('With the pointer, Toads go to the top', async () => {
    await drag(teacher, 'Toads', 'Newts')
    await expect(page.getByRole('heading', { level: 2 })).toHaveText(['Toads', 'Newts', 'Frogs'])
  })

  await test.step('Frogs are gone meanwhile', async () => {
    const colleague = await guest('teacher')
    await colleague.page.goto(page.url())
    await colleague.page.getByRole('button', { name: 'What you can do with the unit “Frogs”' }).click()
    await colleague.page.getByRole('menuitem', { name: 'Remove the unit' }).click()
    await colleague.page.getByRole('dialog').getByRole('button', { name: 'Remove the unit' }).click()
    await expect(colleague.page.getByRole('region', { name: 'Frogs' })).toHaveCount(0)
    await drag(teacher, 'Frogs', 'Toads')
    await expect(page.getByText('This unit is not there any more.')).toBeVisible()
    await expect(page.getByRole('heading', { level: 2 })).toHaveText(['Toads', 'Newts'])
  })

  await test.step('A picture is added with its progress, and looked at', async () => {
    await add(teacher, 'Newts', 'Add a file')
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: 'Choose a file' }).click(),
    ])
    await chooser.setFiles(await drawn(page, 'newt.png', 400, 300, 'teal'))
    await expect(page.getByText('The file is ready.')).toBeVisible()
    await page.getByRole('dialog').getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByRole('button', { name: 'newt.png', exact: true }).click()
    await expect(page.getByRole('dialog', { name: 'newt.png' })).toBeVisible()
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'What you can do with “newt.png”' }).click()
    await page.getByRole('menuitem', { name: 'Move to “Toads”' }).click()
    await inOrder(teacher, 'Toads', ['newt.png'])
  })
})

/** Open the dialog to add something to a unit, with the keys. */
async function add({ page }: Person, unit: string, what: string): Promise<void> {
  await page.getByRole('button', { name: `Add to “${unit}”` }).press('Enter')
  await page.getByRole('menuitem', { name: what }).press('Enter')
  const dialog = page.getByRole('dialog', { name: what })
  await expect(dialog.locator('form').locator('button, .control').first()).toBeFocused()
}

async function inOrder({ page }: Person, unit: string, titles: string[]): Promise<void> {
  const handles = page
    .getByRole('region', { name: unit })
    .getByRole('listitem')
    .getByRole('button', { name: /^Move “/ })
  const names = titles.map((title) => `Move “${title}”`)
  await expect
    .poll(() => handles.evaluateAll((found) => found.map((handle) => handle.getAttribute('aria-label'))))
    .toEqual(names)
}

/** Drag a unit above another, with the pointer. */
async function drag({ page }: Person, unit: string, above: string): Promise<void> {
  const handle = page.getByRole('button', { name: `Move “${unit}”` })
  await handle.hover()
  await page.mouse.down()
  const target = await page.getByRole('region', { name: above }).boundingBox()
  const { x = 0, y = 0 } = target ?? {}
  await page.mouse.move(x + 20, y + 60, { steps: 4 })
  await page.mouse.move(x + 20, y + 4, { steps: 4 })
  await page.mouse.up()
}
