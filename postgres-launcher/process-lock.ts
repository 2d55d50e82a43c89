import { closeSync, constants, openSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedPostgresError, errorCode } from './embedded-postgres.errors.js';

/** A lock that the kernel takes back when its process ends, however it ends: there are no stale locks to judge. */
export interface ProcessLock {
  release(): Promise<void>;
}

/**
 * Takes the lock `name` of the folder `dir`, or returns undefined while any live process (this one included) has it.
 *
 * Pid files would need a guess whether a pid still means the same process, and breaking a stale one is a race.
 * Linux: an abstract socket address. Windows: a named pipe. macOS and the BSDs: open(2) with O_EXLOCK.
 * The folder is known by device and inode, so two paths to one folder share a lock.
 */
export async function tryLock(dir: string, name: string): Promise<ProcessLock | undefined> {
  if (process.platform !== 'linux' && process.platform !== 'win32') return tryLockFile(join(dir, name));
  const { dev, ino } = await stat(dir, { bigint: true });
  const key = `embedded-postgres-${dev}-${ino}-${name}`;
  return tryListen(process.platform === 'linux' ? `\0${key}` : `\\\\.\\pipe\\${key}`);
}

/**
 * Runs `work` while holding the lock `name` of the folder `dir`.
 * @throws EmbeddedPostgresError when another process keeps the lock for longer than `timeoutMs`.
 */
export async function withLock<T>(dir: string, name: string, timeoutMs: number, work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let lock = await tryLock(dir, name);
  while (!lock) {
    if (Date.now() > deadline) {
      throw new EmbeddedPostgresError(
        `Another process has been starting or stopping PostgreSQL in ${dir} for too long.`,
      );
    }
    await sleep(20);
    lock = await tryLock(dir, name);
  }
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

function tryListen(path: string): Promise<ProcessLock | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.unref();
    server.once('error', (error) => (errorCode(error) === 'EADDRINUSE' ? resolve(undefined) : reject(error)));
    // exclusive: cluster workers would otherwise share one handle, and all of them would "have" the lock.
    server.listen({ path, exclusive: true }, () => {
      resolve({ release: () => new Promise((done) => server.close(() => done())) });
    });
  });
}

function tryLockFile(path: string): ProcessLock | undefined {
  const O_EXLOCK = 0x20;
  try {
    const fd = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK | O_EXLOCK, 0o600);
    return { release: async () => closeSync(fd) };
  } catch (error) {
    if (errorCode(error) === 'EAGAIN') return undefined;
    throw error;
  }
}
