/** Whether a screen is open to everybody: to those who hear it, see little, or have little room. */
import { expect, type Page } from '@playwright/test'
import axe, { type AxeResults, type RunOptions } from 'axe-core'

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

/** Look at a screen with axe, in every look, wide and narrow; and see that nothing sticks out at the side. */
export async function isOpenToAll(page: Page, screen: string): Promise<void> {
  for (const viewport of [NARROW, WIDE]) {
    await page.setViewportSize(viewport)
    await settles(page)
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

/** What a screen leaves out or brings in at a width follows in the next frame: nobody sees it in between. */
async function settles(page: Page): Promise<void> {
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
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
