import { closeSync, fchownSync, openSync } from 'node:fs';
import { open, rename, stat, truncate } from 'node:fs/promises';
import type { Account } from './command.js';

const MAX_BYTES_AT_START = 1024 * 1024;
const MAX_BYTES = 10 * 1024 * 1024;

/** The log file of a starting server. */
export interface ServerLog {
  readonly fd: number;
  /** Returns the last 4 KB written since the log was opened. */
  tail(): Promise<string>;
  close(): void;
}

/**
 * Opens the log for a new server, after renaming one larger than 1 MB to `<path>.1`. The account of the server becomes
 * its owner, so that this account can start the server next time.
 */
export async function openServerLog(path: string, { uid, gid }: Account): Promise<ServerLog> {
  if ((await sizeOf(path)) > MAX_BYTES_AT_START) await rename(path, `${path}.1`);
  const start = await sizeOf(path);
  const fd = openSync(path, 'a', 0o600);
  if (uid !== undefined) fchownSync(fd, uid, gid ?? uid);
  return { fd, tail: () => readTail(path, start), close: () => closeSync(fd) };
}

/** Empties the log of a running server if it is larger than 10 MB. The server opened it for appending and continues. */
export async function truncateLargeLog(path: string): Promise<void> {
  if ((await sizeOf(path)) > MAX_BYTES) await truncate(path, 0);
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}

async function readTail(path: string, start: number): Promise<string> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    const from = Math.max(start, size - 4096);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4096), 0, 4096, from);
    return buffer.toString('utf8', 0, bytesRead).trim();
  } finally {
    await handle.close();
  }
}
