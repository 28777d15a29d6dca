import { expect, test } from './people'

test('Anna and Ben find each other and talk', async ({ newcomer }) => {
  const anna = await (await newcomer('Anna')).register()
  const ben = await (await newcomer('Ben')).register()
  const room = `Pond life ${anna.username}`
  await anna.makeRoom(room)
  await ben.joinRoom(room)

  await anna.say('Who has found a newt?')
  await ben.hears('Who has found a newt?')
  await ben.say('I have, two of them.')
  await anna.hears('Who has found a newt?', 'I have, two of them.')
})
