import { fileURLToPath } from 'node:url'

import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

import { budget } from './build/budget.ts'
import { early } from './build/early.ts'
import { layers } from './build/layers.ts'
import { compiledMessages } from './build/messages.ts'
import { precompress } from './build/precompress.ts'

const server = process.env.EDUSPHERE_DEV_SERVER ?? 'http://127.0.0.1:8000'
const VENDOR =
  /node_modules\/(@vue\/|@apollo\/|@intlify\/|@wry\/|(vue|vue-router|(petite-)?vue-i18n|pinia|graphql|zen-observable-ts|optimism|tslib|ts-invariant)\/)/
/** Small things that nearly every screen uses: together they compress better than in twenty files. */
const BASE =
  /src\/(platform\/(?!graphql\/(upload|progress)|upload|i18n\/amounts)|design\/(?!ui\/(CommandPalette|DialogFrame|Lightbox|MenuList|NoticeRegion|Popover|Switch|Tabs|RadioGroup|Checkbox|TooltipLayer))|domains\/auth\/(?!i18n|links|ui|destination|\w+Screen))/
const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))
/** Built from the same sources by the same people, without what we do not use: devtools, dates and numbers. */
const LIGHTER = {
  pinia: path('./node_modules/pinia/dist/pinia.esm-browser.prod.js'),
  'vue-i18n': 'petite-vue-i18n',
}
const toServer = { target: server, changeOrigin: false }

export default defineConfig(({ command }) => ({
  plugins: [
    vue(),
    early('src/app/early.js'),
    compiledMessages(),
    budget({
      always: ['src/main.ts', 'src/app/locales/en.ts'],
      screens: {
        home: { screen: 'src/domains/chat/HomeScreen.vue', kilobytes: 140 },
        room: { screen: 'src/domains/chat/RoomScreen.vue', kilobytes: 185 },
      },
    }),
    layers(),
    precompress(),
  ],
  resolve: {
    alias: {
      '@': path('./src'),
      ...(command === 'build' && LIGHTER),
    },
  },
  define: {
    __VUE_OPTIONS_API__: false,
    __VUE_PROD_DEVTOOLS__: false,
    __VUE_I18N_FULL_INSTALL__: false,
    __VUE_I18N_LEGACY_API__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
    // Apollo carries its warnings into production unless told.
    ...(command === 'build' && { 'globalThis.__DEV__': 'false' }),
  },
  build: {
    assetsDir: 'static',
    // What `light-dark()`, `100dvh` and `@layer` need anyway; older targets would have them rewritten.
    target: ['chrome123', 'firefox125', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // All of it is 16 kB, and as much again in names where each of seventy dialogs has a file of its own.
    cssCodeSplit: false,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        // What every screen needs and no release of ours changes: one file that stays in the cache.
        codeSplitting: {
          groups: [
            { name: 'vendor', test: VENDOR, priority: 2 },
            { name: 'base', test: BASE, priority: 1 },
          ],
        },
      },
    },
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
}))
