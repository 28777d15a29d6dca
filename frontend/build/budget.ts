import { gzipSync } from 'node:zlib'

import type { Plugin, Rollup } from 'vite'

type Chunk = Rollup.OutputChunk

interface Screen {
  /** The component of the route, from the project's root. */
  screen: string
  /** What may be fetched before the screen can be used, in kB (1,000 bytes) of gzipped JavaScript. */
  kilobytes: number
}

interface Options {
  /** Modules loaded on every screen: the entry, and what boot imports lazily (a locale). */
  always: string[]
  screens: Record<string, Screen>
}

/** Print the JavaScript that each named screen needs at first, and fail the build when it is over its limit. */
export function budget({ always, screens }: Options): Plugin {
  return {
    name: 'edusphere-budget',
    apply: 'build',
    writeBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((part): part is Chunk => part.type === 'chunk')
      for (const [name, { screen, kilobytes }] of Object.entries(screens)) {
        const needed = reachable(chunks, [...always, screen])
        const size = needed.reduce((sum, chunk) => sum + gzipSync(chunk.code, { level: 9 }).length, 0) / 1000
        const line = `${name}: ${size.toFixed(1)} kB of ${kilobytes} kB initial JavaScript, gzipped`
        if (size > kilobytes) this.error(`Over budget. ${line}\n${listed(needed)}`)
        this.info(process.env.BUDGET_DETAILS ? `${line}\n${listed(needed)}` : line)
      }
    },
  }
}

function reachable(chunks: Chunk[], modules: string[]): Chunk[] {
  const found = new Set<Chunk>()
  const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]))
  const visit = (chunk: Chunk | undefined): void => {
    if (!chunk || found.has(chunk)) return
    found.add(chunk)
    chunk.imports.forEach((name) => visit(byName.get(name)))
  }
  for (const module of modules) {
    const chunk = chunks.find(({ moduleIds }) =>
      moduleIds.some((id) => id.split('?')[0]?.endsWith(`/${module}`)),
    )
    if (!chunk) throw new Error(`The budget names ${module}, which is in no chunk.`)
    visit(chunk)
  }
  return [...found]
}

function listed(chunks: Chunk[]): string {
  const sized = chunks.map((chunk) => ({ name: chunk.fileName, size: gzipSync(chunk.code).length }))
  sized.sort((a, b) => b.size - a.size)
  return sized.map(({ name, size }) => `  ${(size / 1000).toFixed(1).padStart(6)} kB  ${name}`).join('\n')
}
