import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ProcessLock, tryLock } from './process-lock.js';

/**
 * Registers this process as a holder, a user of the server, until `release` or the end of the process. One process may
 * register several times. Call it under the start/stop lock.
 */
export async function registerHolder(dir: string): Promise<ProcessLock> {
  await mkdir(dir, { recursive: true });
  const name = `${process.pid}-${randomBytes(8).toString('hex')}`;
  const lock = await tryLock(dir, name);
  if (!lock) throw new Error(`The holder name ${name} is taken.`);
  await writeFile(join(dir, name), '', { mode: 0o600 });
  return {
    release: async () => {
      await rm(join(dir, name), { force: true });
      await lock.release();
    },
  };
}

/** Counts the live holders and removes the files of dead ones. Call it under the start/stop lock. */
export async function countHolders(dir: string): Promise<number> {
  let alive = 0;
  for (const name of await readdir(dir).catch(() => [])) {
    const lock = await tryLock(dir, name);
    if (!lock) {
      alive++;
      continue;
    }
    await rm(join(dir, name), { force: true });
    await lock.release();
  }
  return alive;
}
