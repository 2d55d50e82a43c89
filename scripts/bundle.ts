import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Plugin, rolldown } from 'rolldown';

// Part of `npm run build`: the server and its packages in a few files, because Node needs longer to find, read and
// compile thousands of modules than for the rest of the start (docs/adr/0022-the-server-starts-from-a-bundle.md).

const DIST = fileURLToPath(new URL('../', import.meta.url));
const BUNDLE = join(DIST, 'server');

/** These load binaries that lie beside their own files. */
const EXTERNAL = ['@node-rs/argon2', 'msgpackr-extract'];

/** Modules that look for files or packages at run time, but not in this server: for options that it does not use. */
const HARMLESS = [
  '@nestjs/common/utils/load-package.util.js',
  '@nestjs/swagger/dist/swagger-ui/swagger-ui.js',
  'msgpackr/node-index.js',
  'pino/lib/transport.js',
  'socket.io/dist/index.js',
  'thread-stream/index.js',
  'typeorm/connection/ConnectionOptionsReader.js',
  'typeorm/platform/PlatformTools.js',
  'typeorm/util/ImportUtils.js',
];

/** Keeps the places of files: a module of ours reads the files that lie beside it in `dist`. */
const ownPlaces: Plugin = {
  name: 'own-places',
  transform(code, id) {
    if (isPackage(id) || !code.includes('import.meta.url')) return null;
    return code.replaceAll('import.meta.url', `new URL(${JSON.stringify(relative(BUNDLE, id))}, import.meta.url).href`);
  },
};

/**
 * Makes `require` visible to the bundler where a package creates it itself. Otherwise the server would load a second copy
 * of a package that it contains already, with registries of its own.
 * @throws Error for a module that looks for files or packages in a way that the bundle does not support
 */
const noSecondCopies: Plugin = {
  name: 'no-second-copies',
  transform(code, id) {
    if (!isPackage(id) || HARMLESS.some((module) => id.endsWith(join('node_modules', module)))) return null;
    const visible = code.replace(/^const require = createRequire\(import\.meta\.url\);$/m, '');
    const found = /createRequire\(|\b__(?:dir|file)name\b|\brequire(?:\.resolve)?\([\w$]+/.exec(visible);
    if (found)
      throw new Error(`${id} contains ${found[0]}: what does it look for, and does it find that in ${BUNDLE}?`);
    return visible === code ? null : visible;
  },
};

const isPackage = (id: string): boolean => id.split(sep).includes('node_modules');

const bundle = await rolldown({
  input: join(DIST, 'scripts', 'start.js'),
  platform: 'node',
  external: EXTERNAL,
  plugins: [ownPlaces, noSecondCopies],
  onLog: (level, log, print) => {
    // Optional packages, which are not installed.
    if (log.code !== 'UNRESOLVED_IMPORT') print(level, log);
  },
});
await bundle.write({
  dir: BUNDLE,
  format: 'esm',
  // Nest and TypeORM use the names of classes.
  keepNames: true,
  comments: { legal: true, annotation: false, jsdoc: false },
  chunkFileNames: '[name].js',
});
await bundle.close();
