import { isOpenToAll } from './openness'
import { expect, test } from './people'
import { schools } from './schools'

test('The one who runs the server makes the first administrator, once', async ({ newcomer }) => {
  const { page } = await newcomer('Ilze')
  await page.goto(schools().setup)
  await expect(page.getByLabel('Name of the school')).toBeVisible()
  await isOpenToAll(page, 'setup')
  await page.getByLabel('Name of the school').fill('Hill School')
  await page.getByLabel('Anyone who can reach this server').check()
  await page.getByLabel('Full name').fill('Ilze Head')
  await page.getByLabel('E-mail').fill('ilze@school.example')
  await page.getByLabel('Password', { exact: true }).fill('a few quiet words')
  await page.getByRole('button', { name: 'Set up' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Home' })).toBeVisible()
  await expect(
    page.getByText('Hill School is ready. You are its administrator.', { exact: true }),
  ).toBeVisible()

  const stranger = await newcomer('Stranger')
  await stranger.page.goto(schools().setup)
  await expect(stranger.page.getByText('This school is set up')).toBeVisible()
})
