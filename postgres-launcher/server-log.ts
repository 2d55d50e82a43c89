import { closeSync, fchownSync, openSync } from 'node:fs';
import { open, rename, stat, truncate } from 'node:fs/promises';
import type { Account } from './command.js';

const ROTATE_AT_BYTES = 1024 * 1024;
const EMPTY_AT_BYTES = 10 * 1024 * 1024;

/** The log that a starting server writes: what it wrote from here on can be read back. */
export interface ServerLog {
  readonly fd: number;
  /** Up to the last 4 KB that were written since the log was opened. */
  tail(): Promise<string>;
  close(): void;
}

/**
 * Opens the log for a new server. A log larger than 1 MB is first renamed to `<path>.1`. It belongs to the account of
 * the server, which can then start it without root the next time.
 */
export async function openServerLog(path: string, { uid, gid }: Account): Promise<ServerLog> {
  if ((await sizeOf(path)) > ROTATE_AT_BYTES) await rename(path, `${path}.1`);
  const start = await sizeOf(path);
  const fd = openSync(path, 'a', 0o600);
  if (uid !== undefined) fchownSync(fd, uid, gid ?? uid);
  return { fd, tail: () => readTail(path, start), close: () => closeSync(fd) };
}

/** Empties the log of a running server once it has grown beyond 10 MB; the server appends, so it goes on at the start. */
export async function boundServerLog(path: string): Promise<void> {
  if ((await sizeOf(path)) > EMPTY_AT_BYTES) await truncate(path, 0);
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
