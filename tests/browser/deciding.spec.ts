/** What holds for the whole demo school for a while: before the others come, who expect it as it was. */
import { expect, type Person, test } from './people'

/** Decide something at the school's settings, and wait until it holds. */
async function decide({ page }: Person, choose: () => Promise<void>): Promise<void> {
  const notice = page.locator('.notice').filter({ hasText: 'Saved. It holds from now on.' })
  await page.goto('/admin/settings')
  await choose()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(notice).toBeVisible()
}

test('Where addresses are proven, whoever is invited sees it on their open home, and what becomes of it', async ({
  guest,
}) => {
  const [ilze, marta, emma] = [await guest('administrator'), await guest('teacher'), await guest('emma')]
  const proven = ilze.page.getByRole('checkbox', { name: 'Registering asks for a proven e-mail address' })
  const waiting = emma.page.getByRole('region', { name: 'You are invited' })
  const dialog = marta.page.getByRole('dialog', { name: 'Invite by e-mail' })
  const title = `Waiting ${Date.now()}`
  const invite = async (): Promise<void> => {
    await dialog.getByLabel('E-mail addresses').fill(emma.email)
    await dialog.getByRole('button', { name: 'Send the invitations' }).click()
    await expect(waiting.getByText(title)).toBeVisible()
  }
  await decide(ilze, () => proven.check())
  await marta.teach(title)
  await marta.goToTab('People')
  await marta.page.getByRole('button', { name: 'Invite by e-mail' }).click()

  await test.step('It comes, and goes when it is taken back', async () => {
    await invite()
    await dialog.getByRole('button', { name: `Take the invitation of ${emma.email} back` }).click()
    await marta.page.getByRole('dialog').getByRole('button', { name: 'Take back' }).click()
    await expect(waiting).toHaveCount(0)
  })

  await test.step('It goes when it is declined in another tab', async () => {
    await invite()
    const tab = await emma.page.context().newPage()
    await tab.goto(await ilze.linkMailedTo(emma.email))
    await tab.getByRole('button', { name: 'Decline' }).click()
    await expect(tab.getByText('You declined')).toBeVisible()
    await expect(waiting).toHaveCount(0)
    await tab.close()
  })

  await decide(ilze, () => proven.uncheck())
})

test('Where only administrators open courses, a teacher’s open home follows', async ({ guest }) => {
  const [ilze, marta] = [await guest('administrator'), await guest('teacher')]
  const openers = ilze.page.getByRole('group', { name: 'Who may open courses' })
  const open = marta.page.getByRole('button', { name: 'Open a course' })
  await expect(open).toBeVisible()
  await decide(ilze, () => openers.getByRole('radio', { name: 'Only administrators' }).check())
  await expect(open).toHaveCount(0)
  await decide(ilze, () => openers.getByRole('radio', { name: 'Teachers and administrators' }).check())
  await expect(open).toBeVisible()
})
