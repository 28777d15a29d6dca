import { readFile } from 'node:fs/promises'

import type { Page } from '@playwright/test'

import { drawn, type GivenFile } from './drawings'
import { expect, test } from './people'
import { FILE_LIMIT, schools } from './schools'

const PDF = Buffer.from('%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n')
/** Rows that have not moved for so long stay where they are. */
const SETTLED = 300 // milliseconds
const PROGRAM = Buffer.from('MZ\x90\x00\x03\x00\x00\x00', 'latin1')

test('Anna shows Ben her pond', async ({ newcomer }) => {
  const anna = await (await newcomer('Anna')).register()
  const ben = await (await newcomer('Ben')).register()
  const room = `Pond ${anna.username}`
  await anna.makeRoom(room)
  await ben.joinRoom(room)
  const pond = await drawn(anna.page, 'pond.png', 1600, 900, 'teal')

  await test.step('She picks a picture and a report, and sends them with a message', async () => {
    await anna.attach(pond, { name: 'report.pdf', mimeType: 'application/pdf', buffer: PDF })
    await expect(anna.tray.getByRole('listitem')).toHaveCount(2)
    await anna.say('My pond, and what I found in it.')
    await expect(anna.tray).toBeHidden()
    await ben.reads('My pond, and what I found in it.')
  })

  await test.step('Ben sees the picture in its place, and nothing moves when it arrives', async () => {
    const { page } = ben
    const picture = ben.message('My pond').getByRole('img', { name: 'pond.png' })
    const report = ben.message('My pond').getByRole('link', { name: 'report.pdf' })
    let arrive = (): void => {}
    const held = new Promise<void>((resolve) => (arrive = resolve))
    await page.route('**/thumbnail', async (route) => {
      await held
      await route.continue()
    })
    await page.reload()
    await ben.standsIn(room)
    await expect(report).toBeVisible()
    const places = async (): Promise<unknown> => [await picture.boundingBox(), await report.boundingBox()]
    let before = await places()
    await expect(async () => {
      const earlier = before
      await page.waitForTimeout(SETTLED)
      before = await places()
      expect(before).toEqual(earlier)
    }).toPass()
    expect(before).toMatchObject([{ width: 320, height: 240 }, {}])
    arrive()
    await isDrawn(page, 'pond.png')
    expect(await places()).toEqual(before)
  })

  await test.step('He saves the report', async () => {
    const [download] = await Promise.all([
      ben.page.waitForEvent('download'),
      ben.message('My pond').getByRole('link', { name: 'report.pdf' }).click(),
    ])
    expect(download.suggestedFilename()).toBe('report.pdf')
    expect(await readFile(await download.path())).toEqual(PDF)
  })

  await test.step('She pastes one picture and drops another; they need no words', async () => {
    await bring(anna.page, 'paste', await drawn(anna.page, 'image.png', 300, 200, 'olive'))
    await expect(anna.tray).toContainText('Picture 20')
    await bring(anna.page, 'drop', await drawn(anna.page, 'newt.png', 400, 800, 'orange'))
    await expect(anna.tray.getByRole('listitem')).toHaveCount(2)
    await anna.page.getByRole('button', { name: 'Send', exact: true }).click()
    await expect(ben.timeline.getByRole('img', { name: 'newt.png' })).toBeVisible()
  })

  await test.step('Ben looks at them large, by keyboard alone', async () => {
    const { page } = ben
    const small = ben.timeline.getByRole('button', { name: 'newt.png' })
    await small.focus()
    await page.keyboard.press('Enter')
    const viewer = page.getByRole('dialog')
    await expect(viewer).toHaveAccessibleName('newt.png')
    await expect(viewer).toContainText('3 of 3')
    await page.keyboard.press('ArrowRight')
    await expect(viewer).toHaveAccessibleName('newt.png')
    await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('ArrowLeft')
    await expect(viewer).toHaveAccessibleName('pond.png')
    await expect(viewer.getByRole('img', { name: 'pond.png' })).toBeVisible()
    await page.keyboard.press('Escape')
    await expect(viewer).toBeHidden()
    await expect(small).toBeFocused()
  })

  await test.step('What is not taken says why at once, and keeps nothing else back', async () => {
    const film = { name: 'film.mp4', mimeType: 'video/mp4', buffer: Buffer.alloc(FILE_LIMIT + 1, 1) }
    await anna.attach(film, { name: 'game.exe', mimeType: '', buffer: PROGRAM }, pond)
    const why = anna.page.getByRole('alert')
    await expect(why).toContainText('“film.mp4” is too large: a file may have 1 MB at most.')
    await expect(why).toContainText('“game.exe” is a program.')
    await expect(anna.tray.getByRole('listitem')).toHaveCount(1)
  })

  await test.step('What she takes away again is not sent', async () => {
    await anna.tray.getByRole('button', { name: 'Take “pond.png” away' }).click()
    await expect(anna.tray).toBeHidden()
    await expect(anna.composer).toBeFocused()
    await anna.say('That was all.')
    await ben.reads('My pond, and what I found in it.', 'That was all.')
    await expect(ben.message('That was all.').getByRole('img')).toHaveCount(0)
  })

  await test.step('When she deletes the message, the picture goes from under Ben’s eyes', async () => {
    const { page } = anna
    await ben.timeline.getByRole('button', { name: 'newt.png' }).click()
    await expect(ben.page.getByRole('dialog')).toBeVisible()
    const mine = anna.messages.filter({ has: page.getByRole('img', { name: 'newt.png' }) })
    await anna.choose('More', mine)
    await page.getByRole('menuitem', { name: 'Delete the message' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
    await expect(ben.page.getByRole('dialog')).toBeHidden()
    await expect(ben.timeline.getByRole('img')).toHaveCount(1)
  })
})

test('What was attached without a connection is sent by the next visit, with its words and in order', async ({
  newcomer,
  wireTo,
}) => {
  const wire = await wireTo(schools().school)
  const anna = await (await newcomer('Anna')).register()
  const ben = await (await newcomer('Ben', wire.address)).register()
  const room = `Islands ${anna.username}`
  const address = await anna.makeRoom(room)
  await ben.joinRoom(room)
  const island = await drawn(ben.page, 'island.png', 640, 480, 'seagreen')
  // What sends files is fetched with the room.
  await ben.page.waitForLoadState('networkidle')

  wire.cut()
  await ben.attach(island)
  await expect(ben.tray).toContainText('waiting…')
  await ben.say('My island.')
  await ben.say('It rains.')
  await expect(ben.page.getByRole('article', { name: /^Your message/ })).toHaveCount(2)
  await ben.keeps(2)
  const { page } = ben
  ben.page = await page.context().newPage()
  await page.close()

  wire.mend()
  await ben.page.goto('/')
  await anna.reads('My island.', 'It rains.')
  await isDrawn(anna.page, 'island.png')
  await ben.page.goto(address)
  await ben.reads('My island.', 'It rains.')
  await isDrawn(ben.page, 'island.png')
})

/** Bring a file along as a hand would: nothing here can take hold of a real one outside of the page. */
async function bring(
  page: Page,
  how: 'paste' | 'drop',
  { name, mimeType, buffer }: GivenFile,
): Promise<void> {
  const content = buffer.toString('base64')
  await page.evaluate(
    async ({ how, name, mimeType, content }) => {
      const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))
      const brought = new DataTransfer()
      brought.items.add(new File([bytes], name, { type: mimeType }))
      const bubbles = { bubbles: true, cancelable: true }
      const target = document.activeElement ?? document.body
      if (how === 'paste')
        target.dispatchEvent(new ClipboardEvent('paste', { clipboardData: brought, ...bubbles }))
      else
        for (const step of ['dragenter', 'dragover', 'drop'])
          target.dispatchEvent(new DragEvent(step, { dataTransfer: brought, ...bubbles }))
    },
    { how, name, mimeType, content },
  )
}

/** It is on the page, and not only its place. */
async function isDrawn(page: Page, name: string): Promise<void> {
  const picture = page.getByRole('img', { name })
  await expect(picture).toBeVisible()
  await expect.poll(() => picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBeGreaterThan(0)
}
