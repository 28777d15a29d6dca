import { expect, test } from './people'

/** Somewhat longer than words must be on the screen to count as read. */
const A_LOOK = 1500 // milliseconds

test('Anna and Ben meet, talk, correct themselves and part', async ({ newcomer }) => {
  const anna = await newcomer('Anna')
  const ben = await newcomer('Ben')
  const room = `Pond life ${anna.username}`

  await test.step('They register; whoever signed out signs in again', async () => {
    await anna.register()
    await anna.signOut()
    await anna.signIn()
    await ben.register()
  })

  await test.step('Anna makes a room, Ben finds it by its name and joins', async () => {
    await anna.makeRoom(room)
    await ben.joinRoom(room)
  })

  await test.step('Each sees that the other is here', async () => {
    for (const person of [anna, ben]) {
      await person.page.getByRole('button', { name: 'People: 2 in this room' }).click()
      const here = person.page.getByRole('region', { name: '2 here now' })
      await expect(here.getByRole('link')).toHaveCount(2)
      await person.page.keyboard.press('Escape')
    }
  })

  await test.step('Ben sees that Anna writes', async () => {
    await anna.composer.pressSequentially('Who has')
    await expect(ben.page.getByText('Anna is writing…')).toBeVisible()
  })

  await test.step('They talk, and nothing is ever there twice', async () => {
    await anna.watchForDoubles()
    await ben.watchForDoubles()
    await ben.watchForCounts()
    await anna.say('Who has found a newt?')
    await ben.reads('Who has found a newt?')
    await expect(ben.page.getByText('Anna is writing…')).toBeHidden()
    await ben.say('I have, **two** of them.')
    await anna.reads('Who has found a newt?', 'I have, two of them.')
    await anna.say('Where?')
    const all = ['Who has found a newt?', 'I have, two of them.', 'Where?']
    await ben.reads(...all)
    await anna.reads(...all)
    expect(await anna.seenTwice()).toEqual([])
    expect(await ben.seenTwice()).toEqual([])
    expect(await ben.countsSeen(), 'what is read at once is not counted as unread').toEqual([])
  })

  await test.step('Anna corrects a message, Ben takes one back', async () => {
    await anna.choose('Edit the message', anna.message('Where?'))
    await anna.page.getByRole('textbox', { name: 'Edit the message' }).fill('Where did you find them?')
    await anna.page.getByRole('button', { name: 'Save' }).click()
    await expect(ben.message('Where did you find them?')).toContainText('(edited)')

    await ben.choose('More', ben.message('two'))
    await ben.page.getByRole('menuitem', { name: 'Delete the message' }).click()
    await ben.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    for (const person of [anna, ben])
      await person.reads('Who has found a newt?', '—', 'Where did you find them? (edited)')
  })

  await test.step('What is said while Ben is away is counted until he has read it', async () => {
    const card = ben.page.getByRole('article').filter({ hasText: room })
    /** A quick reader leaves before a look's time is over, and the words stay new. */
    const hasRead = (): Promise<void> =>
      expect(async () => {
        await ben.page.waitForTimeout(A_LOOK)
        await ben.goHome()
        const isUnread = /unread/.test((await card.textContent()) ?? '')
        await ben.enter(card.getByRole('link', { name: room }), ben.timeline)
        expect(isUnread).toBe(false)
      }).toPass()
    await hasRead()
    await ben.goHome()
    await anna.say('Are you there?')
    await anna.say('Hello?')
    await expect(card).toContainText('2 unread')
    await expect(ben.page.getByText('2 unread messages')).toBeVisible()
    await ben.enter(card.getByRole('link', { name: room }), ben.timeline)
    await expect(ben.page.getByText(/^New since/)).toBeVisible()
    await ben.reads(
      'Who has found a newt?',
      '—',
      'Where did you find them? (edited)',
      'Are you there?',
      'Hello?',
    )
    await expect(ben.page.getByRole('navigation', { name: 'Rooms' })).not.toContainText('unread')
    await hasRead()
  })

  await test.step('Ben shows his face, and Anna sees it', async () => {
    await ben.page.getByRole('button', { name: 'Menu of Ben' }).click()
    await ben.page.getByRole('menuitem', { name: 'Settings' }).click()
    await ben.page.getByLabel('Choose a picture').setInputFiles({
      name: 'ben.png',
      mimeType: 'image/png',
      buffer: Buffer.from(RED_DOT, 'base64'),
    })
    await expect(ben.page.getByText('Your new picture is there.', { exact: true })).toBeVisible()
    await ben.page.getByLabel('About you').fill('Likes newts.')
    await ben.page.getByRole('button', { name: 'Save' }).click()
    await expect(ben.page.getByText('Saved.', { exact: true })).toBeVisible()

    const { page } = anna
    await page.getByRole('button', { name: 'People: 2 in this room' }).click()
    await page.getByRole('complementary').getByRole('link', { name: 'Ben' }).click()
    await expect(page.getByText('Likes newts.')).toBeVisible()
    const picture = page.getByRole('region', { name: 'Ben' }).locator('img')
    await expect.poll(() => picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBeGreaterThan(0)
    await page.getByRole('link', { name: room }).click()
  })

  await test.step('Anna gives the room another name and deletes it at the end', async () => {
    await ben.goHome()
    await ben.enter(ben.page.getByRole('link', { name: room }), ben.timeline)
    const { page } = anna
    await page.getByRole('button', { name: 'What you can do with this room' }).click()
    await page.getByRole('menuitem', { name: 'Edit the room' }).click()
    await page.getByRole('dialog').getByLabel('Name').fill(`${room} (closed)`)
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await expect(ben.page.getByRole('heading', { level: 1, name: `${room} (closed)` })).toBeVisible()

    await page.getByRole('button', { name: 'What you can do with this room' }).click()
    await page.getByRole('menuitem', { name: 'Delete the room' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete the room' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Home' })).toBeVisible()
    await expect(ben.page.getByText('This room was deleted')).toBeVisible()
  })

  await test.step('Ben signs out, and is signed out in his other tab too', async () => {
    const other = await ben.page.context().newPage()
    await other.goto('/')
    await expect(other.getByRole('heading', { level: 1, name: 'Home' })).toBeVisible()
    await ben.signOut()
    await expect(other.getByText('You are signed out.')).toBeVisible()
    await other.goto('/')
    await expect(other.getByRole('link', { name: 'Sign in' })).toBeVisible()
  })
})

const RED_DOT =
  'iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg=='
