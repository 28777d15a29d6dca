/** Invited into a course by e-mail: with an account or without, yes or no. */
import { isOpenToAll } from './openness'
import { expect, test } from './people'
import { schools } from './schools'

test('A teacher invites by e-mail: a new pupil comes, another declines', async ({ guest, newcomer }) => {
  const [teacher, emma, administrator] = [
    await guest('teacher'),
    await guest('emma'),
    await guest('administrator'),
  ]
  const nora = await newcomer('Nora', schools().demo)
  const title = `Invited ${Date.now()}`
  const { page } = teacher
  const dialog = page.getByRole('dialog', { name: 'Invite by e-mail' })
  const invited = dialog.getByRole('region', { name: 'Invited, and not here yet' }).getByRole('listitem')

  await test.step('What is wrong is said by line, and nothing is lost', async () => {
    await teacher.openCourse(title)
    await page.getByRole('button', { name: 'Publish' }).click()
    await teacher.goToTab('People')
    await page.getByRole('button', { name: 'Invite by e-mail' }).click()
    const addresses = dialog.getByLabel('E-mail addresses')
    await addresses.fill(`${nora.email}\nemma at school`)
    await dialog.getByRole('button', { name: 'Send the invitations' }).click()
    await expect(dialog.getByText('Line 2, “emma at school”')).toBeVisible()
    await expect(invited).toHaveCount(0)
    await addresses.fill(`${nora.email}\n${emma.email}`)
    await dialog.getByRole('button', { name: 'Send the invitations' }).click()
    await expect(invited).toHaveCount(2)
    await expect(addresses).toHaveValue('')
    await isOpenToAll(page, 'invitations')
  })

  await test.step('Nora makes an account by the link, and is in the course', async () => {
    await nora.page.goto(await administrator.linkMailedTo(nora.email))
    await expect(nora.page.getByRole('heading', { level: 1, name: title })).toBeVisible()
    await isOpenToAll(nora.page, 'invite, to a course')
    await nora.page.getByRole('link', { name: 'Make an account' }).click()
    await nora.fillRegistration(true)
    await expect(nora.page.getByRole('navigation', { name: `Parts of ${title}` })).toBeVisible()
    await expect(invited).toHaveCount(1)
  })

  await test.step('Emma declines, and the teacher sees it at once', async () => {
    await emma.page.goto(await administrator.linkMailedTo(emma.email))
    await expect(emma.page.getByRole('button', { name: `Join ${title} as a student` })).toBeVisible()
    await emma.page.getByRole('button', { name: 'Decline' }).click()
    await expect(emma.page.getByText('You declined')).toBeVisible()
    await expect(invited.filter({ hasText: emma.email })).toContainText('Declined')
  })

  await test.step('Asked again, she comes, by the new link alone', async () => {
    const old = await administrator.linkMailedTo(emma.email)
    await dialog.getByRole('button', { name: `Send ${emma.email} a new link` }).click()
    await expect(invited.filter({ hasText: emma.email })).not.toContainText('Declined')
    await emma.page.goto(old)
    await expect(emma.page.getByText('This invitation is no longer good')).toBeVisible()
    await emma.page.goto(await administrator.linkMailedTo(emma.email))
    await emma.page.getByRole('button', { name: `Join ${title} as a student` }).click()
    await expect(emma.page.getByRole('navigation', { name: `Parts of ${title}` })).toBeVisible()
    await expect(invited).toHaveCount(0)
    await page.getByRole('button', { name: 'Close' }).click()
    const students = page.getByRole('region', { name: 'Students' })
    await expect(students).toContainText(nora.name)
    await expect(students).toContainText(emma.name)
  })
})

test('An invitation that was taken back, or is for somebody else, lets nobody in', async ({
  guest,
  newcomer,
}) => {
  const [teacher, emma, administrator] = [
    await guest('teacher'),
    await guest('emma'),
    await guest('administrator'),
  ]
  const nora = await newcomer('Nora', schools().demo)
  const { page } = teacher
  await teacher.teach(`Taken back ${Date.now()}`)
  await teacher.goToTab('People')
  await page.getByRole('button', { name: 'Invite by e-mail' }).click()
  const dialog = page.getByRole('dialog', { name: 'Invite by e-mail' })
  await dialog.getByLabel('E-mail addresses').fill(nora.email)
  await dialog.getByRole('button', { name: 'Send the invitations' }).click()
  await expect(dialog.getByRole('listitem')).toHaveCount(1)
  const link = await administrator.linkMailedTo(nora.email)

  await test.step('Emma, signed in, is told whose it is', async () => {
    await emma.page.goto(link)
    await expect(emma.page.getByText(`This invitation is for ${nora.email}.`)).toBeVisible()
    await expect(emma.page.getByRole('button', { name: 'Decline' })).toHaveCount(0)
  })

  await test.step('Taken back, its link leads nowhere', async () => {
    await dialog.getByRole('button', { name: `Take the invitation of ${nora.email} back` }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Take back' }).click()
    await expect(dialog.getByRole('listitem')).toHaveCount(0)
    await nora.page.goto(link)
    await expect(nora.page.getByText('This invitation is no longer good')).toBeVisible()
  })
})

test('Whoever is invited sees it on their open home, and what becomes of it', async ({ guest }) => {
  const [ilze, marta, andris] = [
    await guest('administrator'),
    await guest('teacher'),
    await guest('colleague'),
  ]
  const dialog = marta.page.getByRole('dialog', { name: 'Invite by e-mail' })
  const title = `Waiting ${Date.now()}`
  const waiting = andris.page.getByRole('region', { name: 'You are invited' }).getByText(title)
  const invite = async (): Promise<void> => {
    await dialog.getByLabel('E-mail addresses').fill(andris.email)
    await dialog.getByRole('button', { name: 'Send the invitations' }).click()
    await expect(waiting).toBeVisible()
  }
  await marta.teach(title)
  await marta.goToTab('People')
  await marta.page.getByRole('button', { name: 'Invite by e-mail' }).click()

  await test.step('It comes, and goes when it is taken back', async () => {
    await invite()
    await dialog.getByRole('button', { name: `Take the invitation of ${andris.email} back` }).click()
    await marta.page.getByRole('dialog').getByRole('button', { name: 'Take back' }).click()
    await expect(waiting).toHaveCount(0)
  })

  await test.step('It goes when it is declined in another tab', async () => {
    await invite()
    const tab = await andris.page.context().newPage()
    await tab.goto(await ilze.linkMailedTo(andris.email))
    await tab.getByRole('button', { name: 'Decline' }).click()
    await expect(tab.getByText('You declined')).toBeVisible()
    await expect(waiting).toHaveCount(0)
    await tab.close()
  })
})
