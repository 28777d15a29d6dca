import { defineConfig, mergeConfig } from 'vitest/config'

import vite from './vite.config.ts'

export default defineConfig((environment) =>
  mergeConfig(vite(environment), {
    test: {
      environment: 'happy-dom',
      include: ['src/**/*.test.ts', 'build/**/*.test.ts'],
      pool: 'vmThreads',
      css: { include: [/tokens\.css/] },
      testTimeout: 20_000,
      restoreMocks: true,
      unstubGlobals: true,
      setupFiles: ['src/app/testing.ts'],
    },
  }),
)
