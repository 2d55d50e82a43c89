import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const page = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Tells the service worker which files there are. */
const listFiles: Plugin = {
  name: 'list-files',
  enforce: 'post',
  generateBundle: (_options, bundle) => {
    const files = Object.keys(bundle).filter((name) => name.startsWith('web/'));
    const worker = bundle['service-worker.js'];
    const place = /(["'`])__FILES__\1/;
    if (worker?.type !== 'chunk' || !place.test(worker.code)) throw new Error('No place for the list of files');
    worker.code = worker.code.replace(place, JSON.stringify(JSON.stringify(files.map((name) => `/${name}`))));
  },
};

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
    rolldownOptions: {
      input: [page('index.html'), page('service-worker.ts')],
      output: {
        // What opens over the calendar soon asks for all of it, and so does the calendar for its state: one file compresses
        // better than ten. What the two share stays where it is. The page and all that it is written with are one file as well.
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [
            {
              name: 'opened',
              test: /web\/(event|history|dialogs|panels|calendar\/quick-create|words\/(event|history|dialogs|panels)|state\/(rebase-form|local-overlap|restore|members|overlap|ghosts))/,
            },
            { name: 'page', test: /web\/(api|state|ui|time|icons|words\/en)|\/sdk\/|node_modules\/(@?preact|idb)\// },
          ],
        },
        // It is in charge of the paths below its own.
        entryFileNames: ({ name }) => (name === 'service-worker' ? '[name].js' : 'web/[name]-[hash].js'),
      },
    },
    reportCompressedSize: false,
  },
  plugins: [listFiles],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  // The Temporal of the browser, where it has one, is not yet what FullCalendar expects.
  resolve: { dedupe: ['preact'] },
});
