// These names are nobody else's here: in a list of people, a name has to say who is meant.
import { expect, test } from './people'
import { schools } from './schools'

test('Zaiga writes to her teacher directly, and learns why not to a classmate', async ({
  guest,
  newcomer,
}) => {
  const teacher = await guest('teacher')
  const administrator = await guest('administrator')
  const zaiga = await (await newcomer('Zaiga', schools().demo)).register()
  const rihards = await (await newcomer('Rihards', schools().demo)).register()
  await teacher.teach(`Physics ${Date.now()}`, zaiga, rihards)
  await teacher.goHome()
  const { page } = zaiga

  await test.step('Her first words open the room on the teacher’s screen', async () => {
    await page.goto(`/u/${teacher.username}`)
    await page.getByRole('button', { name: `Write to ${teacher.name}` }).click()
    await zaiga.standsIn(teacher.name)
    await expect(page).toHaveURL(/\/d\/[\w-]+$/)
    await zaiga.say('Is the test on Monday?')
    const direct = teacher.page.getByRole('region', { name: 'Direct' })
    await teacher.enter(direct.getByRole('link', { name: zaiga.name }), teacher.timeline)
    await teacher.reads('Is the test on Monday?')
    await teacher.say('On Tuesday.')
    await zaiga.reads('Is the test on Monday?', 'On Tuesday.')
  })

  await test.step('The room is there again when she comes back to its address', async () => {
    await page.reload()
    await zaiga.standsIn(teacher.name)
    await zaiga.reads('Is the test on Monday?', 'On Tuesday.')
    await page.getByRole('button', { name: /^People:/ }).click()
    await expect(page.getByRole('complementary').getByRole('link', { name: teacher.name })).toBeVisible()
  })

  await test.step('To a classmate the school says no, and what its rules are', async () => {
    await page.goto(`/u/${rihards.username}`)
    await page.getByRole('button', { name: 'Write to Rihards' }).click()
    await expect(
      page.getByText('In this school pupils do not write to each other directly.', { exact: false }),
    ).toBeVisible()
    await page.getByRole('link', { name: 'Who may write to whom' }).click()
    await expect(page.getByRole('row', { name: 'Among students' })).toContainText('Never')
    await expect(page.getByRole('combobox')).toHaveCount(0)
  })

  await test.step('An administrator allows it, and takes it back: what was said can still be read', async () => {
    await administrator.page.goto('/settings/direct')
    const rule = administrator.page.getByLabel('Among students')
    await rule.selectOption('When they share a course')
    await expect(administrator.page.getByRole('button', { name: 'Undo' })).toBeVisible()
    // The page of the rules is still open.
    await expect(page.getByRole('row', { name: 'Among students' })).toContainText('When they share a course')
    await page.goto('/')
    await page.getByRole('button', { name: 'New conversation' }).click()
    const dialog = page.getByRole('dialog', { name: 'Write to somebody' })
    await dialog.getByLabel('Find people by name').fill('Rihards')
    await dialog.getByRole('button', { name: 'Rihards' }).first().click()
    await dialog.getByRole('button', { name: 'Begin' }).click()
    await zaiga.standsIn('Rihards')
    await zaiga.say('Shall we revise together?')
    await zaiga.reads('Shall we revise together?')
    await rule.selectOption('Never')
    await expect(rule).toHaveValue('NEVER')
    await zaiga.reads('Shall we revise together?')
    await expect(page.getByText('Nothing more can be written here')).toBeVisible()
    await expect(zaiga.composer).toHaveCount(0)
  })
})

test('A teacher writes to a few pupils at once', async ({ guest, newcomer }) => {
  const teacher = await guest('teacher')
  const velta = await (await newcomer('Velta', schools().demo)).register()
  const arvis = await (await newcomer('Arvis', schools().demo)).register()
  await teacher.teach(`Chemistry ${Date.now()}`, velta, arvis)
  await teacher.goHome()
  const { page } = teacher
  await page.getByRole('button', { name: 'New conversation' }).click()
  const dialog = page.getByRole('dialog', { name: 'Write to somebody' })
  for (const { name, username } of [velta, arvis]) {
    await dialog.getByLabel('Find people by name').fill(username)
    await dialog.getByRole('button', { name: `${name} Student` }).click()
    await expect(dialog.getByRole('button', { name: `Leave ${name} out` })).toBeVisible()
  }
  await dialog.getByRole('button', { name: 'Begin' }).click()
  await teacher.standsIn('Arvis and Velta')
  await teacher.say('Bring your goggles, both of you.')
  const direct = arvis.page.getByRole('region', { name: 'Direct' })
  await arvis.enter(direct.getByRole('link', { name: /Velta/ }), arvis.timeline)
  await arvis.reads('Bring your goggles, both of you.')
})

test('Kim reports a message and a person, and the administrators read both', async ({ guest, newcomer }) => {
  const administrator = await guest('administrator')
  const ben = await (await newcomer('Ben', schools().demo)).register()
  const room = `Chess ${ben.username}`
  const address = await ben.makeRoom(room)
  await ben.say('You play like a pawn.')
  const kim = await (await newcomer('Kim', schools().demo)).register()
  await kim.joinRoom(room)
  const { page } = kim

  await kim.choose('More', kim.message('You play like a pawn.'))
  await page.getByRole('menuitem', { name: 'Report the message' }).click()
  const about = page.getByRole('dialog', { name: 'Report a message of Ben' })
  await about.getByRole('button', { name: 'Send the report' }).click()
  await expect(about.getByText('Please say what is the matter.')).toBeVisible()
  await about.getByLabel('What is the matter?').fill('He calls people names.')
  await about.getByRole('button', { name: 'Send the report' }).click()
  await expect(page.getByText('Your report is with the administrators.').first()).toBeVisible()

  await page.goto(`/u/${ben.username}`)
  await page.getByRole('button', { name: 'Report', exact: true }).click()
  const person = page.getByRole('dialog', { name: 'Report Ben' })
  await person.getByLabel('What is the matter?').fill('He does it everywhere.')
  await person.getByRole('button', { name: 'Send the report' }).click()
  await expect(page.getByText('Your report is with the administrators.').first()).toBeVisible()

  expect(await administrator.reports()).toEqual(
    expect.arrayContaining(['Ben: He calls people names.', 'Ben: He does it everywhere.']),
  )
  await page.goto(address)
  await kim.standsIn(room)
  await kim.say('My own words')
  await kim.choose('More', kim.message('My own words').and(page.getByRole('article', { name: kim.name })))
  await expect(page.getByRole('menuitem', { name: 'Copy the message’s link' })).toBeVisible()
  await expect(page.getByRole('menuitem', { name: 'Report the message' })).toHaveCount(0)
})
