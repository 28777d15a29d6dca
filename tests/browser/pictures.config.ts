/** The pictures of the README, taken anew from the demo school: `npm --prefix frontend run pictures`. */
import { defineConfig } from '@playwright/test'

import config from './playwright.config'

export default defineConfig({
  ...config,
  projects: [{ name: 'pictures', testMatch: 'pictures.ts' }],
})
