import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { readVendored, VENDORED } from './docs-vendor.js';

export interface Asset {
  type: string;
  /** Strong: of the content before compression. */
  etag: string;
  content: Buffer;
}

/** Beside this module, in `src` as in `dist`. The build adds the vendored files to its own copy. */
export const ASSETS_FOLDER = new URL('./assets/', import.meta.url);

const OWN = [
  'account-page.js',
  'guide-search.js',
  'guide.css',
  'page.css',
  'realtime.css',
  'realtime-tables.css',
  'reference.css',
  'refused.css',
  'start-redoc.js',
  'start-swagger.js',
];
const NAMES = new Set([...OWN, ...VENDORED]);

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
};

const loaded = new Map<string, Asset>();

/** A file of the documentation pages, read once; undefined when there is none of that name. */
export async function readAsset(name: string): Promise<Asset | undefined> {
  if (!NAMES.has(name)) return undefined;
  const known = loaded.get(name);
  if (known) return known;
  const content = await read(name);
  const hash = createHash('sha256').update(content).digest('base64url').slice(0, 22);
  const asset = { type: TYPES[extname(name)]!, etag: `"${hash}"`, content };
  loaded.set(name, asset);
  return asset;
}

/** From source, as in tests and under `npm run start:dev`, the vendored files are still where they were installed. */
async function read(name: string): Promise<Buffer> {
  try {
    return await readFile(new URL(name, ASSETS_FOLDER));
  } catch (error) {
    if (!VENDORED.includes(name)) throw error;
    return Buffer.from(await readVendored(name));
  }
}
