import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

import type { Plugin } from 'vite'

const COMPRESSIBLE = /\.(js|css|html|svg|json|txt|webmanifest)$/
/** Below this a packet carries the file either way. */
const WORTH_IT = 1024

/** Lay a `.br` and a `.gz` beside each text file of the build, so that the server never compresses. */
export function precompress(): Plugin {
  let folder = 'dist'
  return {
    name: 'edusphere-precompress',
    apply: 'build',
    configResolved(config) {
      folder = config.build.outDir
    },
    async closeBundle(error) {
      if (error) return
      const entries = await readdir(folder, { recursive: true, withFileTypes: true })
      const files = entries.filter((entry) => entry.isFile() && COMPRESSIBLE.test(entry.name))
      await Promise.all(files.map((entry) => compress(join(entry.parentPath, entry.name))))
    },
  }
}

async function compress(path: string): Promise<void> {
  const plain = await readFile(path)
  if (plain.length < WORTH_IT) return
  const options = { params: { [constants.BROTLI_PARAM_SIZE_HINT]: plain.length } }
  const [brotli, zipped] = await Promise.all([
    promisify(brotliCompress)(plain, options),
    promisify(gzip)(plain, { level: 9 }),
  ])
  await Promise.all([writeFile(`${path}.br`, brotli), writeFile(`${path}.gz`, zipped)])
}
