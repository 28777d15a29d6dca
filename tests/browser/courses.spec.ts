import { isOpenToAll } from './openness'
import { expect, test } from './people'
import { schools } from './schools'

test('A teacher opens a course, enrols a pupil and prints the code', async ({ guest }) => {
  const teacher = await guest('teacher')
  const emma = await guest('emma')
  const title = `Genetics ${Date.now()}`
  const { page } = teacher

  await test.step('She opens it, and publishes the draft', async () => {
    await teacher.openCourse(title)
    await expect(page.getByText('This is a draft')).toBeVisible()
    await page.getByRole('button', { name: 'Publish' }).click()
    await expect(page.getByText('This is a draft')).toBeHidden()
  })

  await test.step('Emma is enrolled, and the course is on her screen at once', async () => {
    await expect(emma.page.getByRole('region', { name: 'Your courses' })).toBeVisible()
    await teacher.goToTab('People')
    await page.getByRole('button', { name: 'Add people' }).click()
    const dialog = page.getByRole('dialog', { name: 'Add people' })
    await dialog.getByLabel('Find people of the school').fill('emma')
    await dialog.getByRole('button', { name: emma.name }).click()
    await dialog.getByRole('button', { name: 'Add 1 person' }).click()
    await expect(page.getByRole('region', { name: 'Students' })).toContainText(emma.name)
    await expect(
      emma.page.getByRole('region', { name: 'Your courses' }).getByRole('link', { name: title }),
    ).toBeVisible()
  })

  await test.step('What she announces is in Emma’s stream', async () => {
    await emma.enterCourse(title)
    await expect(emma.page.getByText('Nothing has been announced yet.')).toBeVisible()
    await teacher.goToTab('Stream')
    await page.getByRole('link', { name: 'Write an announcement' }).click()
    await teacher.standsIn('Announcements')
    await teacher.say('Bring a **pea** on Thursday.')
    const announcements = emma.page.getByRole('region', { name: 'Announcements' })
    await expect(announcements).toContainText('Bring a pea on Thursday.')
    await announcements.getByRole('link', { name: 'See all' }).click()
    await expect(emma.page.getByText('Only those who teach the course write here.')).toBeVisible()
    await expect(emma.composer).toHaveCount(0)
  })

  await test.step('She prints the code with its picture', async () => {
    await page.getByRole('link', { name: title }).first().click()
    await teacher.makeJoinCode()
    await page.emulateMedia({ media: 'print' })
    await expect(page.getByText(title).locator('visible=true')).toHaveCount(1)
    await expect(page.getByRole('img', { name: /^QR picture of/ }).locator('visible=true')).toHaveCount(1)
    await expect(page.getByRole('button', { name: 'Print' })).toBeHidden()
    await page.emulateMedia({ media: 'screen' })
  })

  await test.step('She gives a section a room of its own, and Emma is in it once she is in the section', async () => {
    await page.getByRole('button', { name: 'Close' }).click()
    await teacher.goToTab('Settings')
    await page.getByLabel('Name of a section').fill('Group A')
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await expect(page.getByRole('button', { name: 'Take Group A away' })).toBeVisible()
    await teacher.goToTab('Rooms')
    await page.getByRole('button', { name: 'Add a room' }).click()
    const room = page.getByRole('dialog', { name: 'Add a room' })
    await room.getByLabel('Name').fill('Lab of group A')
    await room.getByLabel('For whom').selectOption('Group A')
    await room.getByRole('button', { name: 'Add a room' }).click()
    await expect(page.getByRole('main').getByRole('link', { name: /Lab of group A/ })).toBeVisible()
    await teacher.goToTab('People')
    await page.getByRole('button', { name: `What you can do about ${emma.name}` }).click()
    await page.getByRole('menuitem', { name: 'Change role or section' }).click()
    const change = page.getByRole('dialog', { name: emma.name })
    await change.getByLabel('Section').selectOption('Group A')
    await change.getByRole('button', { name: 'Save' }).click()
    const rooms = emma.page.getByRole('navigation', { name: 'Rooms' })
    await expect(rooms.getByRole('link', { name: 'Lab of group A' })).toBeVisible()
  })

  await test.step('She archives it, which Emma sees at once, and restores it', async () => {
    await teacher.goToTab('Settings')
    await page.getByRole('button', { name: 'Archive the course' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Archive the course' }).click()
    await expect(page.getByText('This course is over.')).toBeVisible()
    await expect(emma.page.getByText('This course is over.')).toBeVisible()
    await page.getByRole('button', { name: 'Restore' }).first().click()
    await expect(page.getByText('This course is over.')).toBeHidden()
    await expect(emma.page.getByText('Only those who teach the course write here.')).toBeVisible()
  })
})

test('A pupil joins by the code, talks, and is taken out again', async ({ guest, newcomer }) => {
  const teacher = await guest('teacher')
  const nora = await newcomer('Nora', schools().demo)
  const title = `Optics ${Date.now()}`
  const { page } = nora
  let link = ''

  await test.step('The teacher makes a code', async () => {
    await teacher.openCourse(title)
    await teacher.page.getByRole('button', { name: 'Publish' }).click()
    link = await teacher.makeJoinCode()
    await teacher.page.getByRole('button', { name: 'Close' }).click()
  })

  await test.step('Nora sees where it leads before she has an account, and comes back to it with one', async () => {
    await page.goto(link)
    await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible()
    await expect(page.getByText('You come in as a student.')).toBeVisible()
    await page.getByRole('link', { name: 'Make an account' }).click()
    await nora.fillRegistration()
    await page.getByRole('button', { name: `Join ${title} as a student` }).click()
    await expect(page.getByRole('navigation', { name: `Parts of ${title}` })).toBeVisible()
    await expect(teacher.page.getByRole('region', { name: 'Students' })).toContainText(nora.name)
  })

  await test.step('She talks, and the teacher hears her', async () => {
    await nora.goToTab('Rooms')
    await page
      .getByRole('main')
      .getByRole('link', { name: /^General/ })
      .click()
    await nora.standsIn('General')
    await nora.say('Why is the sky blue?')
    await teacher.goToTab('Rooms')
    await teacher.page
      .getByRole('main')
      .getByRole('link', { name: /^General.*1 unread/ })
      .click()
    await teacher.reads('Why is the sky blue?')
  })

  await test.step('Taken out, she is told so at once', async () => {
    await page
      .getByRole('banner')
      .or(page.getByRole('main'))
      .getByRole('link', { name: title })
      .first()
      .click()
    await expect(page.getByRole('navigation', { name: `Parts of ${title}` })).toBeVisible()
    await teacher.page.getByRole('main').getByRole('link', { name: title }).first().click()
    await teacher.goToTab('People')
    await teacher.page.getByRole('button', { name: `What you can do about ${nora.name}` }).click()
    await teacher.page.getByRole('menuitem', { name: 'Take out of the course' }).click()
    await teacher.page.getByRole('dialog').getByRole('button', { name: 'Take out' }).click()
    await expect(page.getByText(`You no longer take part in ${title}`)).toBeVisible()
    await expect(
      page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: title }),
    ).toHaveCount(0)
  })

  await test.step('She asks to be let in again, and is', async () => {
    await page.getByLabel('Ask to be let in').fill('It was a mistake.')
    await page.getByRole('button', { name: 'Ask', exact: true }).click()
    await expect(page.getByText('You asked.')).toBeVisible()
    await isOpenToAll(page, 'asked to be let in')
    // The teacher's page is as it was.
    await expect(teacher.page.getByText('It was a mistake.')).toBeVisible()
    await isOpenToAll(teacher.page, 'course, people who ask to be let in')
    await teacher.page.getByRole('button', { name: `Let ${nora.name} in` }).click()
    await expect(page.getByRole('navigation', { name: `Parts of ${title}` })).toBeVisible()
  })

  await test.step('A wrong code is refused in a sentence, and can be corrected', async () => {
    await page.goto('/join')
    await page.getByLabel('Code').fill('nope-nope')
    await page.getByRole('button', { name: 'Join' }).click()
    await expect(page.getByText('This code is not known here.')).toBeVisible()
    await page.getByLabel('Code').fill(link)
    await page.getByRole('button', { name: 'Join' }).click()
    await expect(page.getByText('You take part in this course already.')).toBeVisible()
  })
})

test('A guardian looks and cannot write', async ({ guest, newcomer }) => {
  const teacher = await guest('teacher')
  const administrator = await guest('administrator')
  const child = await (await newcomer('Karlis', schools().demo)).register()
  const gita = await newcomer('Gita', schools().demo)
  const title = `Pottery ${Date.now()}`

  await teacher.openCourse(title)
  await teacher.page.getByRole('button', { name: 'Publish' }).click()
  const link = await teacher.makeJoinCode()
  await gita.page.goto(await administrator.invite(gita.email, 'GUARDIAN'))
  await gita.fillRegistration(true)
  await expect(gita.page.getByRole('heading', { level: 1, name: 'Home' })).toBeVisible()
  await administrator.nameGuardian(gita, child)

  await child.page.goto(link)
  await child.page.getByRole('button', { name: `Join ${title} as a student` }).click()
  await child.goToTab('Rooms')
  await child.page
    .getByRole('main')
    .getByRole('link', { name: /^General/ })
    .click()
  await child.standsIn('General')
  await child.say('My bowl has cracked.')

  const courses = gita.page.getByRole('region', { name: 'Your courses' })
  await expect(courses.getByRole('heading', { name: 'You look on in' })).toBeVisible()
  await gita.enterCourse(title)
  await gita.goToTab('People')
  await expect(gita.page.getByRole('region', { name: 'Students' })).toContainText(child.name)
  await expect(gita.page.getByRole('button', { name: 'Add people' })).toHaveCount(0)
  await isOpenToAll(gita.page, 'a guardian’s look at the people')
  await gita.goToTab('Rooms')
  await gita.page
    .getByRole('main')
    .getByRole('link', { name: /^General/ })
    .click()
  await gita.reads('My bowl has cracked.')
  await expect(gita.page.getByText('You look on here: you can read everything, and not write.')).toBeVisible()
  await expect(gita.composer).toHaveCount(0)
  await isOpenToAll(gita.page, 'a room in which one only reads')
})
