/**
 * Two people, real browsers, a real server: `npm --prefix frontend run test:browser`.
 *
 * The pages are those of frontend/dist, the browser is Debian's, the server is started by schools.ts.
 */
import { defineConfig } from '@playwright/test'

const SECONDS = 1000
/** Without them Chromium would speak with its maker; as root it needs to be told that there is no sandbox. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export default defineConfig({
  globalSetup: './schools.ts',
  fullyParallel: true,
  workers: 2,
  retries: 0,
  timeout: 120 * SECONDS,
  expect: { timeout: 20 * SECONDS },
  forbidOnly: true,
  reporter: 'list',
  use: {
    launchOptions: { executablePath: '/usr/bin/chromium', args: FLAGS },
    locale: 'en-GB',
    timezoneId: 'Europe/Riga',
    contextOptions: { reducedMotion: 'reduce' },
    actionTimeout: 20 * SECONDS,
    trace: { mode: 'retain-on-failure', screenshots: false },
  },
  projects: [
    { name: 'setting up', testMatch: 'setup.spec.ts' },
    { name: 'days', testIgnore: ['setup.spec.ts', 'measures.spec.ts'], dependencies: ['setting up'] },
    // Alone, when the others are done: it looks at the clock.
    { name: 'measures', testMatch: 'measures.spec.ts', dependencies: ['days'] },
  ],
})
