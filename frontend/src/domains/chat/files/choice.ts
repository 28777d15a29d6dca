/** What is wrong with files before they are sent. The server decides; this only says sooner what it would say. */

export interface Limits {
  /** Bytes. */
  readonly fileLimit: number
  readonly filesPerMessage: number
}

export type Objection = 'empty' | 'program' | 'tooLarge' | 'unreadable'

/** What can be sent of what was chosen. */
export interface Choice {
  readonly taken: readonly File[]
  readonly refused: readonly { readonly file: File; readonly why: Objection }[]
  /** Good files that have no room in the message any more. */
  readonly leftOut: readonly File[]
}

const HEAD = 512 // bytes

/**
 * Look at chosen files. `before` tells how many are in the message already; without limits, which may not be known yet,
 * the server alone objects to sizes and numbers.
 */
export async function choose(
  files: readonly File[],
  limits: Limits | undefined,
  before: () => number,
): Promise<Choice> {
  const looked = await Promise.all(files.map(async (file) => ({ file, why: await objection(file, limits) })))
  const refused = looked.flatMap(({ file, why }) => (why === null ? [] : [{ file, why }]))
  const good = looked.flatMap(({ file, why }) => (why === null ? [file] : []))
  const room = Math.max(0, (limits?.filesPerMessage ?? Infinity) - before())
  return { taken: good.slice(0, room), refused, leftOut: good.slice(room) }
}

async function objection(file: File, limits: Limits | undefined): Promise<Objection | null> {
  if (limits && file.size > limits.fileLimit) return 'tooLarge'
  let head: Uint8Array
  try {
    head = new Uint8Array(await file.slice(0, HEAD).arrayBuffer())
  } catch {
    // What cannot be read is a folder that was dropped, or is gone meanwhile.
    return 'unreadable'
  }
  if (file.size === 0) return 'empty'
  return isProgram(head) ? 'program' : null
}

/** The two kinds of program that people have on their computers; the server knows more of them. */
function isProgram(head: Uint8Array): boolean {
  const begins = (...bytes: number[]): boolean => bytes.every((byte, index) => head[index] === byte)
  // Somebody's words may begin with MZ, but have no zero in them.
  return (begins(0x4d, 0x5a) && head.includes(0)) || begins(0x7f, 0x45, 0x4c, 0x46)
}
