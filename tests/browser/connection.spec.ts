import { expect, test } from './people'
import { schools } from './schools'

const SECONDS = 1000
/** Promised are 2 s from the new connection to the last of what was missed; a busy machine gets more. */
const CAUGHT_UP_WITHIN = 10 * SECONDS

test('Ben loses the connection, goes on writing, and misses nothing', async ({ newcomer, wireTo }) => {
  const wire = await wireTo(schools().school)
  const anna = await (await newcomer('Anna')).register()
  const ben = await (await newcomer('Ben', wire.address)).register()
  const room = `Tides ${anna.username}`
  await anna.makeRoom(room)
  await ben.joinRoom(room)
  await anna.say('Low water is at noon.')
  await ben.reads('Low water is at noon.')
  await ben.watchForDoubles()

  let connected = 0
  ben.page.on('websocket', () => (connected = Date.now())) // the last of them is the one that came through

  await test.step('The cable is cut: Ben is told, and what he writes waits', async () => {
    wire.cut()
    await ben.say('Shall we meet at eleven?')
    await ben.say('By the pier?')
    await expect(ben.page.getByText('Connecting again… What you write will be sent.')).toBeVisible()
    await expect(ben.page.getByRole('article', { name: /^Your message/ })).toHaveCount(2)
  })

  await test.step('Meanwhile Anna writes, corrects and takes back', async () => {
    await anna.say('Bring boots.')
    await anna.say('And a hat?')
    await anna.say('High water is at six.')
    await anna.choose('More', anna.message('And a hat?'))
    await anna.page.getByRole('menuitem', { name: 'Delete the message' }).click()
    await anna.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await anna.page.getByRole('textbox', { name: /^Write to/ }).press('ArrowUp')
    await anna.page.getByRole('textbox', { name: 'Edit the message' }).fill('High water is at seven.')
    await anna.page.keyboard.press('Enter')
    await anna.reads('Low water is at noon.', 'Bring boots.', '—', 'High water is at seven. (edited)')
    await ben.reads('Low water is at noon.', 'Shall we meet at eleven?', 'By the pier?')
  })

  await test.step('The cable is mended: everything is there, in order, once', async () => {
    wire.mend()
    const all = [
      ...['Low water is at noon.', 'Bring boots.', '—', 'High water is at seven. (edited)'],
      ...['Shall we meet at eleven?', 'By the pier?'],
    ]
    await ben.reads(...all)
    expect(Date.now() - connected).toBeLessThan(CAUGHT_UP_WITHIN)
    await anna.reads(...all)
    await expect(ben.page.getByText('Connecting again…')).toBeHidden()
    expect(await ben.seenTwice()).toEqual([])
  })

  await test.step('A short break is nobody’s business', async () => {
    wire.interrupt()
    await anna.say('See you.')
    await ben.say('See you!')
    await expect(ben.message('See you.')).toBeVisible()
    await expect(anna.message('See you!')).toBeVisible()
    await expect(ben.page.getByText('Connecting again…')).toBeHidden()
  })
})

test('A train goes through a tunnel: Ben is told that he is offline, and goes on when it is out', async ({
  newcomer,
  wireTo,
}) => {
  const wire = await wireTo(schools().school)
  const anna = await (await newcomer('Anna')).register()
  const ben = await (await newcomer('Ben', wire.address)).register()
  const room = `Tunnels ${anna.username}`
  await anna.makeRoom(room)
  await ben.joinRoom(room)

  await ben.page.context().setOffline(true)
  await expect(ben.page.getByText('You are offline. You can read and write')).toBeVisible()
  await ben.say('It is dark in here.')
  await anna.say('Where are you?')
  await ben.page.context().setOffline(false)
  await expect(ben.page.getByText('You are offline.')).toBeHidden()
  await anna.reads('Where are you?', 'It is dark in here.')
  await ben.reads('Where are you?', 'It is dark in here.')
})
