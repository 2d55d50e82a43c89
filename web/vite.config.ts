import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** Part of `npm run build`: the dashboard as files with hashed names, which the server keeps in memory. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/',
  publicDir: false,
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    assetsDir: 'web',
    // Inline data would need `data:` in the policy of the page.
    assetsInlineLimit: 0,
    manifest: 'manifest.json',
    target: 'es2023',
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  // The Temporal of the browser, where it has one, is not yet what FullCalendar expects.
  resolve: { dedupe: ['preact'] },
});
