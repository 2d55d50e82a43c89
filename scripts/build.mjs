/**
 * `npm run build`: compiles into a folder of its own, then replaces the files of `dist` one by one. A server that runs from
 * `dist` finds every file that it reads later, such as its documents and the pages of its documentation, and a build that
 * fails changes nothing.
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { replaceFiles } from './replace-files.mjs';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
// Beside `dist`: modules find the files of the project relative to their own place.
const FRESH = join(ROOT, `dist-${process.pid}`);
const FRESH_SDK = join(ROOT, 'sdk', `dist-${process.pid}`);

const vite = fileURLToPath(new URL('../node_modules/vite/bin/vite.js', import.meta.url));

/** Runs one step of the build. Ends the process with the code of a step that fails. */
function run(program, ...args) {
  // Vite compiles for development when the environment says so, as that of the tests does.
  const env = program === vite ? { ...process.env, NODE_ENV: 'production' } : process.env;
  const { status } = spawnSync(process.execPath, [program, ...args], { cwd: ROOT, env, stdio: 'inherit' });
  if (status === 0) return;
  for (const folder of [FRESH, FRESH_SDK]) rmSync(folder, { recursive: true, force: true });
  process.exit(status ?? 1);
}

const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
run(compiler, '-p', 'tsconfig.build.json', '--outDir', FRESH, '--incremental', 'false', '--tsBuildInfoFile', 'null');
run(vite, 'build', '--config', join('web', 'vite.config.ts'), '--outDir', join(FRESH, 'web'), '--logLevel', 'warn');
for (const step of ['copy-assets', 'prepare-documents', 'bundle']) run(join(FRESH, 'scripts', `${step}.js`));
// `npm run types` checks its types, with stricter rules.
for (const part of ['sdk', join('sdk', 'cli')]) run(compiler, '-p', part, '--outDir', FRESH_SDK, '--noCheck');
run(join(FRESH, 'scripts', 'bundle-mcp.js'), FRESH_SDK);
await replaceFiles(FRESH_SDK, join(ROOT, 'sdk', 'dist'));
await replaceFiles(FRESH, join(ROOT, 'dist'), {
  // When the server is there, everything that it needs is there.
  last: join('server', 'start.js'),
  // What Node compiled of the running server; Node itself notices what is out of date.
  keep: [join('server', 'compiled'), '.tsbuildinfo'],
});
