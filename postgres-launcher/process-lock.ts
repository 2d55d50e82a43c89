import { closeSync, constants, openSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EmbeddedPostgresError, errorCode } from './embedded-postgres.errors.js';

/** A lock that the kernel releases when its process ends, even by kill -9, so that no lock is ever stale. */
export interface ProcessLock {
  release(): Promise<void>;
}

/**
 * Takes the lock `name` of the folder `dir`. Returns undefined while any live process, including this one, holds it.
 *
 * The lock is an abstract socket on Linux, a named pipe on Windows, and a file opened with O_EXLOCK on macOS and the
 * BSDs. (With a pid file, a reused pid would look alive, and removing a stale file would be a race.)
 * The folder is identified by device and inode, so that two paths to one folder share a lock.
 */
export async function tryLock(dir: string, name: string): Promise<ProcessLock | undefined> {
  if (process.platform !== 'linux' && process.platform !== 'win32') return tryLockFile(join(dir, name));
  const { dev, ino } = await stat(dir, { bigint: true });
  const key = `embedded-postgres-${dev}-${ino}-${name}`;
  return tryListen(process.platform === 'linux' ? `\0${key}` : `\\\\.\\pipe\\${key}`);
}

/**
 * Runs `work` while holding the lock `name` of the folder `dir`.
 * @throws EmbeddedPostgresError if another process holds the lock for longer than `timeoutMs`.
 */
export async function withLock<T>(dir: string, name: string, timeoutMs: number, work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  let lock = await tryLock(dir, name);
  while (!lock) {
    if (performance.now() > deadline) {
      throw new EmbeddedPostgresError(
        `Another process has been starting or stopping PostgreSQL in ${dir} for ${timeoutMs / 1000} s. ` +
          'End it if it hangs.',
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
    // exclusive: the workers of node:cluster would otherwise share one handle, and each would hold the lock.
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
