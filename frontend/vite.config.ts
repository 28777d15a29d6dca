import { fileURLToPath } from 'node:url'

import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

import { budget } from './build/budget.ts'
import { early } from './build/early.ts'
import { precompress } from './build/precompress.ts'

const server = process.env.EDUSPHERE_DEV_SERVER ?? 'http://127.0.0.1:8000'
const toServer = { target: server, changeOrigin: false }

export default defineConfig({
  plugins: [
    vue(),
    early('src/app/early.js'),
    budget({
      always: ['src/main.ts', 'src/app/locales/en.ts'],
      screens: {
        home: { screen: 'src/domains/chat/HomeScreen.vue', kilobytes: 140 },
        room: { screen: 'src/domains/chat/RoomScreen.vue', kilobytes: 185 },
      },
    }),
    precompress(),
  ],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  define: { __VUE_OPTIONS_API__: true, __VUE_PROD_DEVTOOLS__: false, __VUE_I18N_LEGACY_API__: false },
  build: {
    assetsDir: 'static',
    // What `light-dark()`, `100dvh` and `@layer` need anyway; older targets would have them rewritten.
    target: ['chrome123', 'firefox125', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/graphql/': toServer,
      '/api/': toServer,
      '/media/': toServer,
      '/ws/': { ...toServer, ws: true },
    },
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts', 'build/**/*.test.ts'],
    restoreMocks: true,
    setupFiles: ['src/app/testing.ts'],
  },
})
