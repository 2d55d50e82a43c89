import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, utimes, stat, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** A holder that lives touches its lock this often, in milliseconds. */
const ALIVE_MS = 2_000;
/** After this many without a touch the holder was killed. */
const ABANDONED_MS = 15_000;
const RETRY_MS = 25;

/**
 * Runs the work while no other process that uses the same lock does. The lock is a file, which exists as long as the work
 * runs. That of a process that was killed is taken over after a while.
 */
export async function withFileLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const name = randomUUID();
  while (!(await claim(path, name))) {
    await removeAbandoned(path);
    await sleep(RETRY_MS);
  }
  const touch = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, ALIVE_MS);
  touch.unref();
  try {
    return await work();
  } finally {
    clearInterval(touch);
    if ((await nameIn(path)) === name) await rm(path, { force: true });
  }
}

/** Creates the lock with its content at once, so that nobody reads a lock without the name of its holder. */
async function claim(path: string, name: string): Promise<boolean> {
  const own = `${path}.${name}`;
  await writeFile(own, name, { flag: 'wx', mode: 0o600 });
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(own, { force: true });
  }
}

async function removeAbandoned(path: string): Promise<void> {
  const [name, age] = [await nameIn(path), await ageOf(path)];
  if (name === null || age < ABANDONED_MS) return;
  // Only one of those who find it abandoned can rename it.
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  // Another process was faster, and this is its new lock: put it back.
  if ((await nameIn(aside)) !== name) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

const nameIn = (path: string): Promise<string | null> => readFile(path, 'utf8').catch(() => null);

const ageOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;
