import { expect, test } from './people'
import { schools } from './schools'

test('What was typed without a connection is sent by the next visit, once and in order', async ({
  newcomer,
  wireTo,
}) => {
  const wire = await wireTo(schools().school)
  const anna = await (await newcomer('Anna')).register()
  const ben = await (await newcomer('Ben', wire.address)).register()
  const room = `Letters ${anna.username}`
  const address = await anna.makeRoom(room)
  await ben.joinRoom(room)

  wire.cut()
  for (const words of ['One.', 'Two.', 'Three.']) await ben.say(words)
  await expect(ben.page.getByRole('article', { name: /^Your message/ })).toHaveCount(3)
  await ben.keeps(3)
  const { page } = ben
  ben.page = await page.context().newPage()
  await page.close()

  wire.mend()
  await ben.page.goto('/')
  await anna.reads('One.', 'Two.', 'Three.')
  await ben.page.goto(address)
  await ben.reads('One.', 'Two.', 'Three.')
  await expect(ben.page.getByRole('article', { name: /^Your message/ })).toHaveCount(0)
})

test('Two tabs of one person send what waits in both, once and in order', async ({ newcomer, wireTo }) => {
  const wire = await wireTo(schools().school)
  const anna = await (await newcomer('Anna')).register()
  const ben = await (await newcomer('Ben', wire.address)).register()
  const room = `Doors ${anna.username}`
  const address = await anna.makeRoom(room)
  await ben.joinRoom(room)
  const { page } = ben
  const other = await page.context().newPage()
  await other.goto(address)
  await expect(other.getByText(`This is where ${room} begins.`)).toBeVisible()

  wire.cut()
  await ben.say('From the first tab.')
  ben.page = other
  await ben.say('From the second tab.')
  await ben.reads('From the first tab.', 'From the second tab.')
  wire.mend()
  await anna.reads('From the first tab.', 'From the second tab.')
  await ben.reads('From the first tab.', 'From the second tab.')
})
