/** Pictures that nobody has to keep in the repository. */
import type { Page } from '@playwright/test'

/** A file as Playwright hands it to a page. */
export interface GivenFile {
  name: string
  mimeType: string
  buffer: Buffer
}

/** A picture of one colour with a spot in it. */
export async function drawn(
  page: Page,
  name: string,
  width: number,
  height: number,
  colour: string,
): Promise<GivenFile> {
  const address = await page.evaluate(
    ({ width, height, colour }) => {
      const canvas = Object.assign(document.createElement('canvas'), { width, height })
      const brush = canvas.getContext('2d')
      if (brush) {
        brush.fillStyle = colour
        brush.fillRect(0, 0, width, height)
        brush.fillStyle = 'gold'
        brush.fillRect(width / 4, height / 4, width / 8, width / 8)
      }
      return canvas.toDataURL('image/png')
    },
    { width, height, colour },
  )
  return { name, mimeType: 'image/png', buffer: Buffer.from(address.split(',')[1] ?? '', 'base64') }
}
