import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PostgresBinaries } from './binaries.js';
import { type Account, launch, run } from './command.js';
import { EmbeddedPostgresError, errorCode, LaunchRefused, launchRefusal } from './embedded-postgres.errors.js';
import { parsePostmasterPid, type PostmasterPid, withInvalidPid } from './postmaster-pid.js';
import { isAlive, signal, waitForEnd } from './processes.js';
import { openServerLog } from './server-log.js';

/** Far more than crash recovery takes, which replays at most the writes of one checkpoint interval. */
export const START_TIMEOUT_MS = 300_000;
const FAST_STOP_TIMEOUT_MS = 7_000;
const IMMEDIATE_STOP_TIMEOUT_MS = 5_000;

/** Reads `postmaster.pid`. Returns undefined if no server uses the data directory or one has only just started. */
export async function readPostmasterPid(dataDirectory: string): Promise<PostmasterPid | undefined> {
  try {
    return parsePostmasterPid(await readFile(pidFile(dataDirectory), 'utf8'));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Rewrites a `postmaster.pid` whose pid no longer belongs to a server, so that PostgreSQL starts. */
export async function invalidatePid(dataDirectory: string): Promise<void> {
  const path = pidFile(dataDirectory);
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return;
  await writeFile(`${path}.new`, withInvalidPid(text), { mode: 0o644 });
  await rename(`${path}.new`, path);
}

/**
 * Starts the server, which outlives this process, and waits until it is ready.
 * @returns The pid of the postmaster.
 * @throws LaunchRefused if PostgreSQL exits instead.
 * @throws EmbeddedPostgresError if it is not ready after 300 s.
 */
export async function startPostmaster(
  binaries: PostgresBinaries,
  account: Account,
  dataDirectory: string,
  logFile: string,
): Promise<number> {
  const log = await openServerLog(logFile, account);
  try {
    const windows = process.platform === 'win32';
    // PostgreSQL refuses to run with administrator rights; on Windows, pg_ctl drops them first.
    const child = windows
      ? launch(binaries, account, binaries.pgCtl, ['start', '-W', '-D', dataDirectory], log.fd)
      : launch(binaries, account, binaries.postgres, ['-D', dataDirectory], log.fd);
    let failure: Error | undefined;
    child.once('error', (error) => (failure = error));
    const deadline = performance.now() + START_TIMEOUT_MS;
    while (performance.now() < deadline) {
      const found = await readPostmasterPid(dataDirectory);
      if (found?.ready && (windows ? isAlive(found.pid) : found.pid === child.pid)) return found.pid;
      const ended = child.exitCode !== null || child.signalCode !== null;
      if (failure ?? (ended && !(windows && child.exitCode === 0))) {
        const output = failure?.message ?? (await log.tail());
        throw new LaunchRefused(launchRefusal(output), `PostgreSQL did not start: ${output || 'it printed no reason'}`);
      }
      await sleep(10);
    }
    throw new EmbeddedPostgresError(`PostgreSQL is not ready after ${START_TIMEOUT_MS / 1000} s. See ${logFile}.`);
  } finally {
    log.close();
  }
}

/**
 * Stops the server with a fast shutdown: transactions in progress are rolled back and sessions closed. After 7 s, an
 * immediate shutdown follows, after which the server recovers at its next start.
 * @throws EmbeddedPostgresError if it is still running 5 s later.
 */
export async function stopPostmaster(binaries: PostgresBinaries, dataDirectory: string, pid: number): Promise<void> {
  if (process.platform === 'win32') {
    await run(binaries, { prefix: [] }, binaries.pgCtl, ['stop', '-D', dataDirectory, '-m', 'fast', '-t', '7']);
  } else {
    signal(pid, 'SIGINT');
  }
  if (await waitForEnd(pid, FAST_STOP_TIMEOUT_MS)) return;
  if (process.platform === 'win32') {
    await run(binaries, { prefix: [] }, binaries.pgCtl, ['stop', '-D', dataDirectory, '-m', 'immediate', '-t', '5']);
  } else {
    signal(pid, 'SIGQUIT');
  }
  if (await waitForEnd(pid, IMMEDIATE_STOP_TIMEOUT_MS)) return;
  throw new EmbeddedPostgresError(`PostgreSQL (pid ${pid}) does not stop. End it.`);
}

function pidFile(dataDirectory: string): string {
  return join(dataDirectory, 'postmaster.pid');
}
