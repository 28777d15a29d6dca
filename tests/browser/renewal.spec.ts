import type { Page } from '@playwright/test'

import { expect, test } from './people'
import { ACCESS_LIFETIME } from './schools'

const SECONDS = 1000

test('Whoever stays signed in does not notice that the sign-in is renewed', async ({ newcomer }) => {
  const anna = await (await newcomer('Anna')).register()
  const address = await anna.makeRoom(`Renewals ${anna.username}`)
  const sockets: string[] = []
  anna.page.on('websocket', (socket) => sockets.push(socket.url()))

  const renewed = renewals(anna.page)
  for (const words of ['Before.', 'Later.']) {
    await anna.page.waitForTimeout((ACCESS_LIFETIME + 1) * SECONDS)
    await anna.say(words)
    await anna.goHome()
    await anna.enter(anna.page.getByRole('link', { name: `Renewals ${anna.username}` }), anna.timeline)
  }
  await anna.reads('Before.', 'Later.')
  expect(renewed.count).toBeGreaterThanOrEqual(2)
  expect(sockets, 'the one socket goes on through renewals').toEqual([])

  await test.step('Nor does whoever comes back to a room much later', async () => {
    const { page } = anna
    anna.page = await page.context().newPage()
    await page.close()
    await anna.page.waitForTimeout((ACCESS_LIFETIME + 1) * SECONDS)
    await anna.page.goto(address)
    await anna.reads('Before.', 'Later.')
  })
})

function renewals(page: Page): { count: number } {
  const seen = { count: 0 }
  page.on('request', (request) => {
    if (request.postData()?.includes('refreshToken')) seen.count++
  })
  return seen
}
