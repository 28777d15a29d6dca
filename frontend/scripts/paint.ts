/**
 * How long one's own words take from the Enter key to the screen: `node paint.ts ADDRESS EMAIL PASSWORD ROOM MESSAGES`
 * prints the milliseconds of each message as JSON. Called by `./dev bench paint`.
 */
import { chromium as browsers } from '@playwright/test'

import { chromium } from './chromium.ts'

const [address, email, password, room, messages] = process.argv.slice(2)
if (!address || !email || !password || !room || !messages) throw new Error('Five arguments are needed.')
/** Between two messages: an answer, an event and everything that follows are over by then. */
const PAUSE = 150 // milliseconds

const browser = await browsers.launch(chromium)
const page = await browser.newPage({ baseURL: address, viewport: { width: 1280, height: 800 } })
await page.goto('/login?next=' + encodeURIComponent(room))
await page.getByLabel('E-mail').fill(email)
await page.getByLabel('Password', { exact: true }).fill(password)
await page.getByRole('button', { name: 'Sign in' }).click()
const composer = page.getByRole('textbox', { name: /^Write to / })
await page.locator('[aria-label^="Messages in"][aria-busy="false"]').waitFor()

const taken: number[] = []
for (let count = 1; count <= Number(messages); count++) {
  await composer.fill(`Message ${count} of ${messages}: **where** were we?`)
  const painted = page.evaluate(untilPainted)
  await composer.press('Enter')
  taken.push(await painted)
  await page.waitForTimeout(PAUSE)
}
await browser.close()
console.log(JSON.stringify(taken))

/** In the page: from the key's own time, which the browser notes, to the task after the frame that holds the new row. */
function untilPainted(): Promise<number> {
  return new Promise((done) => {
    let pressed = 0
    document.addEventListener('keydown', ({ timeStamp }) => (pressed = timeStamp), {
      capture: true,
      once: true,
    })
    const watch = new MutationObserver((changes) => {
      const rows = changes.flatMap(({ addedNodes }) => [...addedNodes])
      if (!rows.some((row) => row instanceof Element && row.matches('.outgoing'))) return
      watch.disconnect()
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = () => done(performance.now() - pressed)
      requestAnimationFrame(() => port2.postMessage(null))
    })
    watch.observe(document.body, { childList: true, subtree: true })
  })
}
