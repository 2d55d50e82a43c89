import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Redoc shows its maker's logo from a CDN; these pages make no outside request. */
const OUTSIDE_LOGO = 'https://cdn.redoc.ly/redoc/logo-mini.svg';
const NO_LOGO = 'data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22/%3E';

/** The files that others made, with their licences. */
const FILES: Record<string, () => Promise<string>> = {
  'swagger-ui.css': () => readSwagger('swagger-ui.css'),
  'swagger-ui.js': () => readSwagger('swagger-ui-bundle.js'),
  'swagger-ui-bundle.js.LICENSE.txt': () => readSwagger('swagger-ui-bundle.js.LICENSE.txt'),
  'redoc.js': readRedoc,
  'redoc.standalone.js.LICENSE.txt': () => readBundle('redoc.standalone.js.LICENSE.txt'),
};

export const VENDORED = Object.keys(FILES);

/**
 * One of `VENDORED`, from the installed packages. Redoc is a development dependency: a server that was installed for
 * production has what `copyVendored` left it.
 */
export const readVendored = (name: string): Promise<string> => FILES[name]!();

/** Writes the vendored files to the folder: the last step of the build. */
export async function copyVendored(folder: URL): Promise<void> {
  await mkdir(folder, { recursive: true });
  await Promise.all(VENDORED.map(async (name) => writeFile(new URL(name, folder), await readVendored(name))));
}

/** Swagger UI comes with @nestjs/swagger, in the version that it was made for. */
function readSwagger(file: string): Promise<string> {
  const requireForSwagger = createRequire(require.resolve('@nestjs/swagger'));
  return readFile(requireForSwagger.resolve(`swagger-ui-dist/${file}`), 'utf8');
}

function readBundle(file: string): Promise<string> {
  return readFile(require.resolve(`redoc/bundles/${file}`), 'utf8');
}

async function readRedoc(): Promise<string> {
  const bundle = await readBundle('redoc.standalone.js');
  if (!bundle.includes(OUTSIDE_LOGO))
    throw new Error(`Redoc no longer contains ${OUTSIDE_LOGO}: see what it loads now`);
  return bundle.replaceAll(OUTSIDE_LOGO, NO_LOGO);
}
