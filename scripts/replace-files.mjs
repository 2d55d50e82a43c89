import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Makes `target` the same as `source`, which is gone afterwards. Files are replaced one by one, and removed only after all
 * of that, so that a file that both have can be read at any moment. Both are on one file system.
 * @param {string} source
 * @param {string} target
 * @param {{ last?: string, keep?: string[] }} [options] `last`: the file that is replaced after all others; `keep`: what
 *   paths begin with that stay although `source` does not have them
 */
export async function replaceFiles(source, target, { last, keep = [] } = {}) {
  const names = await filesIn(source);
  const current = new Set(names);
  for (const name of names.sort((a, b) => Number(a === last) - Number(b === last))) {
    await mkdir(dirname(join(target, name)), { recursive: true });
    await rename(join(source, name), join(target, name));
  }
  for (const name of await filesIn(target)) {
    if (!current.has(name) && !keep.some((kept) => name.startsWith(kept))) await rm(join(target, name));
  }
  await rm(source, { recursive: true, force: true });
}

async function filesIn(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(join(folder, '/').length));
}
