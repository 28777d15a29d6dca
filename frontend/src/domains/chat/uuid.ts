/**
 * A UUIDv7 (RFC 9562): ids made later sort later, also within one millisecond.
 *
 * `crypto.randomUUID` gives version 4, and nothing at all on a page without https.
 */
export function uuid7(now = Date.now()): string {
  sequence = now > lastTime ? randomStart() : sequence + 1
  lastTime = Math.max(now, lastTime)
  if (sequence > 0xfff) {
    lastTime++
    sequence = randomStart()
  }
  const bytes = crypto.getRandomValues(new Uint8Array(8))
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x80
  const tail = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  const hex = `${lastTime.toString(16).padStart(12, '0')}7${sequence.toString(16).padStart(3, '0')}${tail}`
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

let lastTime = 0
let sequence = 0

/** With room to count on. */
function randomStart(): number {
  return (crypto.getRandomValues(new Uint16Array(1))[0] ?? 0) & 0x7ff
}
