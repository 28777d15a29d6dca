import { encode } from 'uqr'

/** White around it, in modules: scanners need it. https://www.qrcode.com/en/howto/code.html */
const QUIET_ZONE = 4

/** A QR picture of a text: the side of its square in modules, and its dark modules as the path of an SVG. */
export function qrPicture(text: string): { side: number; path: string } {
  const { data, size } = encode(text, { ecc: 'M', border: QUIET_ZONE })
  const rows = data.map((row, y) => runs(row).map(([x, length]) => `M${x} ${y}h${length}v1h-${length}z`))
  return { side: size, path: rows.flat().join('') }
}

/** Where dark modules follow one another in a row: the first's place, and how many. */
export function runs(row: readonly boolean[]): [number, number][] {
  const found: [number, number][] = []
  row.forEach((isDark, x) => {
    const last = found.at(-1)
    if (isDark && last && last[0] + last[1] === x) last[1]++
    else if (isDark) found.push([x, 1])
  })
  return found
}
