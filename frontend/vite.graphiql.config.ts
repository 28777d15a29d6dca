import { fileURLToPath } from 'node:url'

import { defineConfig } from 'vite'

import { precompress } from './build/precompress.ts'

/** GraphiQL is built apart from the app, so that nothing of it can come into the app's own files. */
export default defineConfig({
  plugins: [precompress()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    assetsDir: 'static',
    emptyOutDir: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      input: 'graphiql.html',
      // Its parts say "use client", which means something to servers that render React.
      onwarn: (warning, tell) => warning.code === 'MODULE_LEVEL_DIRECTIVE' || tell(warning),
    },
  },
})
