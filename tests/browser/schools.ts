/** The servers under test, each on data of its own: a school that nobody has set up yet, and the demo school. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

import type { FullConfig } from '@playwright/test'

const SECONDS = 1000
const HERE = resolve(__dirname, '../..')
const PYTHON = process.env.EDUSPHERE_PYTHON ?? join(HERE, '.venv/bin/python')
const READY_WITHIN = 120 * SECONDS
const STOPPED_WITHIN = 10 * SECONDS
/** So short that every longer test lives through renewals. */
export const ACCESS_LIFETIME = 10 // seconds
/** So small that a test can go over it at once. */
export const FILE_LIMIT = 1024 * 1024 // bytes

/** What the tests are told about the schools; workers read it from the environment. */
export interface Schools {
  school: string
  setup: string
  demo: string
  /** For each worker a port of this machine at which a school answers too: see wire.ts. */
  doors: number[]
}

export function schools(): Schools {
  return JSON.parse(process.env.BROWSER_SCHOOLS ?? '{}') as Schools
}

export default async function open({ workers }: FullConfig): Promise<() => Promise<void>> {
  if (!existsSync(join(HERE, 'frontend/dist/index.html')))
    throw new Error('The pages are not built. Run: npm --prefix frontend run build')
  const folder = mkdtempSync(join(tmpdir(), 'edusphere-browser-'))
  chmodSync(folder, 0o755) // as root, Postgres runs as somebody else
  const doors = await Promise.all(Array.from({ length: workers }, freePort))
  const hosts = doors.map((port) => `127.0.0.1:${port}`).join()
  const school = new Server(join(folder, 'school'), [], {
    EDUSPHERE_ACCESS_LIFETIME: `${ACCESS_LIFETIME}`,
    EDUSPHERE_FILE_LIMIT: `${FILE_LIMIT}`,
    EDUSPHERE_ALLOWED_HOSTS: hosts,
  })
  const demo = new Server(join(folder, 'demo'), ['--demo'], {
    EDUSPHERE_LIMITS: 'off',
    EDUSPHERE_ALLOWED_HOSTS: hosts,
  })
  const close = async (): Promise<void> => {
    await Promise.all([school.stop(), demo.stop()])
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const [address, demoAddress] = await Promise.all([school.start(), demo.start()])
    const setup = /http:\S+\/setup\?token=\S+/.exec(school.words)?.[0] ?? ''
    process.env.BROWSER_SCHOOLS = JSON.stringify({
      school: address,
      setup,
      demo: demoAddress,
      doors,
    } satisfies Schools)
  } catch (error) {
    await close()
    throw error
  }
  return close
}

/** `edusphere serve` on a data folder of its own. */
export class Server {
  words = ''
  readonly #data: string
  readonly #options: string[]
  readonly #settings: Record<string, string>
  #process: ChildProcess | undefined

  constructor(data: string, options: string[], settings: Record<string, string>) {
    this.#data = data
    this.#options = options
    this.#settings = settings
  }

  async start(): Promise<string> {
    const port = await freePort()
    const address = `http://127.0.0.1:${port}`
    const command = ['-m', 'edusphere', 'serve', '--port', `${port}`, '--data', this.#data, ...this.#options]
    const started = spawn(PYTHON, command, {
      cwd: tmpdir(), // where no .env of the checkout is read
      env: { ...unset(process.env), PYTHONPATH: HERE, EDUSPHERE_PUBLIC_URL: address, ...this.#settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#process = started
    const note = (text: Buffer): void => void (this.words += text.toString())
    started.stdout.on('data', note)
    started.stderr.on('data', note)
    const failed = new Promise<never>((_, reject) => {
      started.once('error', reject)
      started.once('exit', () => reject(new Error(`The server did not stay:\n${this.words}`)))
    })
    failed.catch(() => {})
    await Promise.race([this.#answers(address), failed])
    return address
  }

  async stop(): Promise<void> {
    const running = this.#process
    if (!running?.pid || running.exitCode !== null || running.signalCode !== null) return
    const gone = once(running, 'exit')
    running.kill('SIGTERM')
    const late = setTimeout(() => running.kill('SIGKILL'), STOPPED_WITHIN)
    await gone
    clearTimeout(late)
  }

  async #answers(address: string): Promise<void> {
    for (const end = Date.now() + READY_WITHIN; Date.now() < end;) {
      const answer = await fetch(`${address}/api/health/ready`).catch(() => null)
      if (answer?.ok) return
      await new Promise((done) => setTimeout(done, 100))
    }
    throw new Error(`The server did not answer in time:\n${this.words}`)
  }
}

/** Without settings of the machine's own school. */
function unset(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ours = /^(EDUSPHERE_|DB_|REDIS_|SECRET_KEY)/
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !ours.test(name)))
}

async function freePort(): Promise<number> {
  const asked = createServer().listen(0, '127.0.0.1')
  await once(asked, 'listening')
  const address = asked.address()
  asked.close()
  await once(asked, 'close')
  if (address === null || typeof address === 'string') throw new Error('There is no free port.')
  return address.port
}
