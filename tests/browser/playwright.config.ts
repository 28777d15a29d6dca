/**
 * Two people, real browsers, a real server: `npm --prefix frontend run test:browser`.
 *
 * The pages are those of frontend/dist, the browser is Debian's, the server is started by schools.ts.
 */
import { defineConfig } from '@playwright/test'

import { chromium } from '../../frontend/scripts/chromium'

const SECONDS = 1000
export default defineConfig({
  globalSetup: './schools.ts',
  fullyParallel: true,
  workers: 2,
  retries: 0,
  timeout: 180 * SECONDS,
  expect: { timeout: 30 * SECONDS },
  forbidOnly: true,
  reporter: 'list',
  use: {
    launchOptions: chromium,
    locale: 'en-GB',
    timezoneId: 'Europe/Riga',
    contextOptions: { reducedMotion: 'reduce' },
    actionTimeout: 30 * SECONDS,
    trace: { mode: 'retain-on-failure', screenshots: false },
  },
  projects: [
    { name: 'setting up', testMatch: 'setup.spec.ts' },
    { name: 'days', testIgnore: /(setup|deciding).spec.ts/, dependencies: ['setting up'] },
    // After them, who expect it as it was.
    { name: 'deciding', testMatch: 'deciding.spec.ts', dependencies: ['days'] },
  ],
})
