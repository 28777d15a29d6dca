/** What holds for the whole demo school for a while: after the others, who expect it as it was. */
import { expect, type Person, test } from './people'

/** Decide something at the school's settings, and wait until it holds. */
async function decide({ page }: Person, choose: () => Promise<void>): Promise<void> {
  const notice = page.locator('.notice').filter({ hasText: 'Saved. It holds from now on.' })
  await page.goto('/admin/settings')
  await choose()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(notice).toBeVisible()
}

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
