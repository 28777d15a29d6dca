import type { Page } from '@playwright/test'
import axe, { type AxeResults, type RunOptions } from 'axe-core'

import { drawn } from './drawings'
import { expect, test } from './people'
import { schools } from './schools'

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
/** What depends on colours; the rest is the same in every look. */
const COLOURS = ['color-contrast', 'link-in-text-block']
const LOOKS = [
  { colorScheme: 'light', contrast: 'no-preference' },
  { colorScheme: 'dark', contrast: 'no-preference' },
  { colorScheme: 'light', contrast: 'more' },
  { colorScheme: 'dark', contrast: 'more' },
] as const
const WIDE = { width: 1280, height: 800 }
const NARROW = { width: 320, height: 640 }

test('Nobody is shut out of the pages before the door', async ({ newcomer }) => {
  const { page } = await newcomer('Guest', schools().demo)
  await page.goto('/login')
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeVisible()
  await isOpenToAll(page, 'sign in')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByText('Please fill this in.').first()).toBeVisible()
  await isOpenToAll(page, 'sign in, refused')
  await page.goto('/register')
  await expect(page.getByLabel('Full name')).toBeVisible()
  await isOpenToAll(page, 'register')
  await page.goto('/setup?token=used')
  await expect(page.getByText('This school is set up')).toBeVisible()
  await isOpenToAll(page, 'setup, done')
})

test('Nobody is shut out of home, the profiles and the settings', async ({ guest }) => {
  const { page } = await guest('emma')
  await expect(page.getByRole('heading', { level: 2, name: 'Rooms to join' })).toBeVisible()
  await isOpenToAll(page, 'home')
  await page.getByRole('button', { name: 'New room' }).click()
  await expect(page.getByRole('dialog', { name: 'Make a room' })).toBeVisible()
  await isOpenToAll(page, 'make a room')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+K')
  await expect(page.getByRole('dialog', { name: 'Go anywhere, do anything' })).toBeVisible()
  await isOpenToAll(page, 'palette')
  await page.keyboard.press('Escape')
  await page.goto('/u/lindqvist')
  await expect(page.getByRole('heading', { level: 1, name: 'Marta Lindqvist' })).toBeVisible()
  await isOpenToAll(page, 'profile')
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Keyboard' })).toBeVisible()
  await isOpenToAll(page, 'keys')
  await page.goto('/settings/profile')
  await expect(page.getByLabel('Full name')).toBeVisible()
  await isOpenToAll(page, 'settings, profile')
  await page.goto('/settings/appearance')
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible()
  await isOpenToAll(page, 'settings, appearance')
  await page.goto('/nowhere/at/all')
  await expect(page.getByRole('heading', { name: 'There is no page here' })).toBeVisible()
  await isOpenToAll(page, 'no such page')
})

test('Nobody is shut out of the rooms', async ({ guest }) => {
  const emma = await guest('emma')
  const { page } = emma
  const rooms = page.getByRole('region', { name: /^Your rooms/ })
  await rooms.getByRole('link').first().click()
  await emma.standsIn()
  await isOpenToAll(page, 'room')
  await page.getByRole('button', { name: /^People:/ }).click()
  await expect(page.getByRole('complementary').getByRole('link').first()).toBeVisible()
  await isOpenToAll(page, 'room, people')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'What you can do with this room' }).click()
  await expect(page.getByRole('menuitem').first()).toBeVisible()
  await isOpenToAll(page, 'room, menu')
  await page.keyboard.press('Escape')

  await emma.goHome()
  await emma.makeRoom(`Axes ${Date.now()}`)
  await isOpenToAll(page, 'room, empty')
  await emma.say('Words, **strong words** and `code`: https://school.example/')
  await emma.say('Words to take back')
  await expect(page.getByRole('article', { name: /^Your message/ })).toHaveCount(0)
  await emma.message('Words to take back').hover()
  await emma.message('Words to take back').getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: 'Delete the message' }).click()
  await isOpenToAll(page, 'room, a question')
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await emma.composer.press('ArrowUp')
  await expect(page.getByRole('textbox', { name: 'Edit the message' })).toBeVisible()
  await isOpenToAll(page, 'room, correcting')
})

test('Nobody is shut out of the files', async ({ guest }) => {
  const emma = await guest('emma')
  const { page } = emma
  await emma.makeRoom(`Files ${Date.now()}`)
  const pictures = [
    await drawn(page, 'pond.png', 1600, 900, 'teal'),
    await drawn(page, 'newt.png', 300, 300, 'white'),
  ]
  const report = { name: 'report.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7\n') }
  const nothing = { name: 'nothing.txt', mimeType: 'text/plain', buffer: Buffer.alloc(0) }
  await emma.attach(...pictures, report, nothing)
  await expect(emma.tray.getByRole('listitem')).toHaveCount(3)
  await expect(page.getByText('“nothing.txt” is empty.')).toBeVisible()
  await isOpenToAll(page, 'room, files chosen')
  await emma.say('Two pictures and a report')
  await expect(page.getByRole('article', { name: /^Your message/ })).toHaveCount(0)
  await expect(emma.timeline.getByRole('link', { name: 'report.pdf' })).toBeVisible()
  await isOpenToAll(page, 'room, files')
  await emma.timeline.getByRole('button', { name: 'newt.png' }).click()
  await expect(page.getByRole('dialog', { name: 'newt.png' })).toBeVisible()
  await isOpenToAll(page, 'room, a picture')
})

/** Look at a screen with axe, in every look, wide and narrow; and see that nothing sticks out at the side. */
async function isOpenToAll(page: Page, screen: string): Promise<void> {
  for (const viewport of [NARROW, WIDE]) {
    await page.setViewportSize(viewport)
    for (const look of LOOKS) {
      await page.emulateMedia(look)
      const isFirst = look === LOOKS[0]
      const runOnly: RunOptions['runOnly'] = isFirst
        ? { type: 'tag', values: RULES }
        : { type: 'rule', values: COLOURS }
      const { violations } = await inspect(page, { runOnly, resultTypes: ['violations'] })
      const found = violations.flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary ?? ''}`),
      )
      const where = `${screen}, ${viewport.width} px, ${look.colorScheme}, contrast ${look.contrast}`
      expect.soft(found, where).toEqual([])
    }
    expect.soft(await sticksOut(page), `${screen}, ${viewport.width} px: scrolls sideways`).toEqual([])
  }
  await page.emulateMedia(LOOKS[0])
}

async function inspect(page: Page, options: RunOptions): Promise<AxeResults> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source)
  return page.evaluate((given) => (window as unknown as { axe: typeof axe }).axe.run(given), options)
}

/** The panes that can be scrolled sideways; a block of code may be, a page may not. */
function sticksOut(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('body *:not(pre)')]
      .filter((pane) => pane.clientWidth > 0 && pane.scrollWidth > pane.clientWidth + 1)
      .filter((pane) => pane.localName === 'html' || /auto|scroll/.test(getComputedStyle(pane).overflowX))
      .map((pane) => `${pane.localName}.${pane.className}: ${pane.scrollWidth} in ${pane.clientWidth} px`),
  )
}
