import { join } from 'node:path'

import type { Page } from '@playwright/test'

import { expect, test } from './people'

const FOLDER = join(__dirname, '../../docs/screenshots')
const WIDE = { width: 1280, height: 800 }
const PHONE = { width: 375, height: 720 }

test('Emma and her teacher talk, and have their pictures taken', async ({ guest }) => {
  const emma = await guest('emma', { viewport: WIDE })
  const teacher = await guest('teacher', { viewport: WIDE })
  await take(emma.page, 'home')
  await emma.page.goto('/c/bio-10a')
  await expect(emma.page.getByText('The test on cells is moved to Friday.')).toBeVisible()
  await take(emma.page, 'course')
  await emma.goHome()

  for (const person of [emma, teacher]) {
    const rooms = person.page.getByRole('region', { name: /^Your rooms/ })
    await rooms.getByRole('link', { name: 'Mathematics' }).first().click()
    await person.standsIn('Mathematics')
  }
  await teacher.say('Good morning! The homework is on page 48: numbers 3 to 9.')
  await emma.say('Good morning. Is number 7 a trap?')
  await teacher.say('A small one. Read it twice, and draw it.')
  await emma.say('I did. It is a kite, not a square!')
  await teacher.say('Well seen.')
  await emma.say('Is there a quick way to see that 91 is not a prime number?')
  await teacher.say('There is: try the *small* primes first. What is left after 7 · 10?')
  await emma.say('21, and that is 7 · 3. So **91 = 7 · 13**!')
  await teacher.say('Exactly. You only ever need to try up to the root:')
  await teacher.say('- √91 is between 9 and 10\n- so 2, 3, 5 and 7 are enough')
  await expect(emma.message('so 2, 3, 5 and 7 are enough')).toBeVisible()
  await expect(emma.timeline.getByRole('article', { name: /^Your message/ })).toHaveCount(0)
  await teacher.composer.pressSequentially('Now try')
  await expect(emma.page.getByText('Marta Lindqvist is writing…')).toBeVisible()
  await emma.page.getByRole('button', { name: /^People: / }).click()
  await expect(emma.page.getByRole('region', { name: '2 here now' })).toBeVisible()
  await take(emma.page, 'room')
  await emma.page.emulateMedia({ colorScheme: 'dark' })
  await take(emma.page, 'room-dark')
  await emma.page.emulateMedia({ colorScheme: 'light' })
  await emma.page.getByRole('complementary').getByRole('button', { name: 'Close' }).click()
  await emma.page.setViewportSize(PHONE)
  await take(emma.page, 'phone')
})

async function take(page: Page, name: string): Promise<void> {
  await page.waitForLoadState('networkidle')
  await page.mouse.move(0, 0)
  await page.screenshot({ path: join(FOLDER, `${name}.png`) })
}
