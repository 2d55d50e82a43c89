import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A server with an embedded database leaves its address beside the data, so that commands on these data find it, whatever
 * its port is. After a kill it remains, so a command must call the server to know that it is there.
 */
const fileIn = (dataDir: string): string => join(dataDir, 'server-url');

export function writeServerAddress(dataDir: string, url: string): void {
  writeFileSync(fileIn(dataDir), `${url}\n`);
}

/** Removes the address, unless another server on the same data has written its own since. */
export function removeServerAddress(dataDir: string, url: string): void {
  if (readServerAddress(dataDir) === url) rmSync(fileIn(dataDir), { force: true });
}

/** Returns the address of the server that uses the data; null when none has been started, or it was stopped. */
export function readServerAddress(dataDir: string): string | null {
  try {
    return readFileSync(fileIn(dataDir), 'utf8').trim() || null;
  } catch {
    return null;
  }
}
