import type { Locator, Page } from '@playwright/test'

import { expect, test } from './people'

test('Kim does a day’s work without a mouse', async ({ newcomer }) => {
  const ben = await (await newcomer('Ben')).register()
  const room = `Chess ${ben.username}`
  await ben.makeRoom(room)
  const kim = await (await newcomer('Kim')).register()
  await kim.joinRoom(room)
  await kim.signOut()
  const { page } = kim
  const keys = page.keyboard

  await test.step('Signs in', async () => {
    await page.goto('/login')
    await tabTo(page.getByLabel('E-mail'))
    await keys.type(kim.email)
    await keys.press('Tab')
    await keys.type(kim.password)
    await keys.press('Enter')
    await expect(page.getByRole('heading', { level: 1, name: 'Home' })).toBeVisible()
  })

  await test.step('Opens a room', async () => {
    await tabTo(page.getByRole('link', { name: room }))
    await keys.press('Enter')
    await kim.standsIn(room)
    await expect(kim.composer).toBeFocused()
  })

  await test.step('Writes, and corrects what was written last', async () => {
    await keys.type('Knight to f5?')
    await keys.press('Shift+Enter')
    await keys.type('No, wait.')
    await keys.press('Enter')
    await keys.type('Bishop.')
    await keys.press('Enter')
    await expect(ben.message('Bishop.')).toBeVisible()
    await expect(page.getByRole('article', { name: /^Your message/ })).toHaveCount(0)
    await keys.press('ArrowUp')
    await expect(page.getByRole('textbox', { name: 'Edit the message' })).toBeFocused()
    await keys.press('ControlOrMeta+A')
    await keys.type('Bishop to c4.')
    await keys.press('Enter')
    await expect(ben.message('Bishop to c4.')).toContainText('(edited)')
    await expect(kim.composer).toBeFocused()
  })

  await test.step('Goes through the messages and takes one back', async () => {
    await tabTo(page.getByRole('article', { name: 'Kim' }).last(), 'Shift+Tab')
    await keys.press('ArrowUp')
    await keys.press('Delete')
    await expect(page.getByRole('dialog', { name: 'Delete this message?' })).toBeVisible()
    await tabTo(page.getByRole('dialog').getByRole('button', { name: 'Delete' }))
    await keys.press('Enter')
    await ben.reads('—', 'Bishop to c4. (edited)')
  })

  await test.step('Goes from part to part with F6', async () => {
    const parts: string[] = []
    for (let step = 0; step < 5; step++) {
      await keys.press('F6')
      parts.push(await partInFocus(page))
    }
    expect(new Set(parts)).toEqual(
      new Set(['Main', 'Rooms', 'main', `Messages in ${room}`, 'Write a message']),
    )
  })

  await test.step('Leaves the room', async () => {
    await tabTo(page.getByRole('button', { name: 'What you can do with this room' }))
    await keys.press('Enter')
    const leave = page.getByRole('menuitem', { name: 'Leave the room' })
    await expect(leave).toBeVisible()
    for (let step = 0; step < 5 && !(await isFocused(leave)); step++) await keys.press('ArrowDown')
    await keys.press('Enter')
    await tabTo(page.getByRole('dialog').getByRole('button', { name: 'Leave the room' }))
    await keys.press('Enter')
    await expect(page.getByRole('heading', { level: 1, name: 'Home' })).toBeVisible()
    await expect(page.getByText('You are in no room yet')).toBeVisible()
  })

  await test.step('Signs out from the palette', async () => {
    await keys.press('ControlOrMeta+K')
    await expect(page.getByRole('dialog', { name: 'Go anywhere, do anything' })).toBeVisible()
    await keys.type('sign out')
    await keys.press('Enter')
    await expect(page.getByText('You are signed out.')).toBeVisible()
  })
})

/** Press Tab until it is there, and see that one sees it. */
test('Kim comes back to more than a screen of new words, and Tab finds those on the screen', async ({
  newcomer,
}) => {
  const ben = await (await newcomer('Ben')).register()
  const room = `Openings ${ben.username}`
  await ben.makeRoom(room)
  const kim = await (await newcomer('Kim')).register()
  await kim.joinRoom(room)
  await ben.say('Where shall we begin?')
  await expect(kim.message('Where shall we begin?')).toBeVisible()
  await kim.goHome()
  for (let part = 1; part <= 8; part++) await ben.say(`Part ${part}.${'\nAnd so on.'.repeat(30)}`)
  await expect(ben.page.getByRole('article', { name: /^Your message/ })).toHaveCount(0)
  await kim.enter(kim.page.getByRole('link', { name: room }), kim.timeline)
  await kim.standsIn(room)
  await expect(kim.message('Part 1.')).toBeInViewport()
  await expect(kim.message('Part 8.')).toHaveCount(0)
  const reached = kim.timeline.locator('article[tabindex="0"]')
  await tabTo(reached, 'Shift+Tab')
  await expect(reached).toContainText(/Where shall we begin|Part 1\./)
})

async function tabTo(target: Locator, key = 'Tab'): Promise<void> {
  const page = target.page()
  await expect(target).toBeVisible()
  for (let step = 0; step < 40 && !(await isFocused(target)); step++) await page.keyboard.press(key)
  await expect(target).toBeFocused()
  expect(await target.evaluate(hasRing), 'the focus can be seen').toBe(true)
}

/** Whether a ring is drawn around what has the focus, or around the card that it fills. */
function hasRing(element: Element): boolean {
  const styles = [element, element.parentElement?.closest('article')].flatMap((around) =>
    around ? [getComputedStyle(around), getComputedStyle(around, '::after')] : [],
  )
  return styles.some(({ outlineStyle, boxShadow }) => outlineStyle !== 'none' || boxShadow !== 'none')
}

function isFocused(target: Locator): Promise<boolean> {
  return target.evaluate((element) => element === document.activeElement)
}

/** The name of the part of the page that holds the focus. */
function partInFocus(page: Page): Promise<string> {
  return page.evaluate(() => {
    const part = document.activeElement?.closest('[data-region]')
    return part?.getAttribute('aria-label') ?? part?.localName ?? ''
  })
}
