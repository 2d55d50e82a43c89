import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const LOCK = join(tmpdir(), `convene-build-${createHash('sha256').update(ROOT).digest('hex').slice(0, 12)}`);
// Longer than any build: whoever made the lock was killed.
const ABANDONED_AFTER_MS = 900_000;

/** What `npm start` runs once it is built; the last file that the build writes. */
export const SERVER_PROGRAM = join(ROOT, 'dist', 'server', 'start.js');

/** `npm run build`, once for all test files that need it, and not at all when nothing has changed since. */
export async function buildServer(): Promise<void> {
  while (!(await claim())) {
    if (Date.now() - (await modified(LOCK, Date.now())) > ABANDONED_AFTER_MS)
      await rm(LOCK, { recursive: true, force: true });
    await sleep(100);
  }
  try {
    const sources = (
      await Promise.all(['src', 'postgres-launcher', 'migrations', 'scripts', 'web', 'sdk'].map(filesIn))
    ).flat();
    const newest = Math.max(...(await Promise.all(sources.map((file) => modified(file)))));
    if (newest < (await modified(SERVER_PROGRAM))) return;
    await promisify(execFile)('npm', ['run', '--silent', 'build'], { cwd: ROOT });
  } finally {
    await rm(LOCK, { recursive: true, force: true });
  }
}

/** One builds, the others wait: a build removes what another may be about to start. */
const claim = (): Promise<boolean> =>
  mkdir(LOCK).then(
    () => true,
    () => false,
  );

/** Without what the build itself writes beside them, which is always newer than the program. */
async function filesIn(folder: string): Promise<string[]> {
  return (await readdir(join(ROOT, folder), { recursive: true }))
    .map((name) => join(folder, name))
    .filter((name) => !name.startsWith(join('sdk', 'dist')))
    .map((name) => join(ROOT, name));
}

const modified = (path: string, missing = 0): Promise<number> =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => missing,
  );
