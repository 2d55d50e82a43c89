import { execFileSync } from 'node:child_process';
import { chmod, chown, mkdir, open, rename, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AcknowledgedWriters } from '../support/acknowledged-writers.js';
import { buildServer } from '../support/build.js';
import { until, untilLonger } from '../support/embedded-postgres-harness.js';
import { call, ServerHome, type ServerProcess } from '../support/server-process.js';

/** Only root may mount a small disk, and not in every container. */
const canMount = ((): boolean => {
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', '/mnt'], { stdio: 'ignore' });
    return process.getuid?.() === 0;
  } catch {
    return false;
  }
})();
const unlessMounted = canMount ? '' : ' (not run: nothing can be mounted here)';

const MEGABYTE = 1_048_576;

describe.runIf(canMount)(`a disk that is full${unlessMounted}`, () => {
  let home: ServerHome;
  let server: ServerProcess;
  let url: string;
  let writers: AcknowledgedWriters;
  let tokens: string[];
  /** Where the small disk is mounted. */
  let disk: string;

  beforeAll(buildServer);
  beforeEach(async () => void (home = await ServerHome.create()));
  afterEach(async () => {
    await writers.stop();
    await home.endServers();
    await home.signalPostgres('SIGKILL').catch(() => undefined);
    await until(() => unmounts(disk));
    await home.dispose();
  });

  /** Mounts a small disk in place of a folder, with what is in it. */
  async function mount(path: string, megabytes: number): Promise<void> {
    disk = path;
    const { mode, uid, gid } = await stat(path);
    await rename(path, `${path}.before`);
    await mkdir(path);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path]);
    execFileSync('cp', ['-a', `${path}.before/.`, path]);
    await chown(path, uid, gid);
    await chmod(path, mode);
    await rm(`${path}.before`, { recursive: true });
  }

  async function startWriters(): Promise<void> {
    server = home.start();
    url = await server.url();
    writers = new AcknowledgedWriters(url);
    tokens = await writers.start(4);
    await untilLonger(writers.acknowledged, 50);
  }

  const ballast = (): string => join(disk, 'ballast');
  /** Takes the room of the disk, except some megabytes, while the database takes of it as well. */
  async function fill(left: number): Promise<void> {
    const file = await open(ballast(), 'w');
    const part = Buffer.alloc(MEGABYTE, 1);
    for (let isFull = false; !isFull;) {
      const { bavail, bsize } = await statfs(disk);
      const rest = bavail * bsize - left * MEGABYTE;
      // The database may have taken what was free a moment ago: then the disk is full, as it is to be.
      isFull = rest <= 0 || (await file.write(part, 0, Math.min(rest, part.length)).then(() => false, isFullDisk));
    }
    await file.close();
  }
  const readiness = async (): Promise<{ status: number; detail: unknown }> => {
    const { status, body } = await call(url, 'GET', '/health/ready');
    return { status, detail: body['detail'] };
  };

  async function expectRecovery(): Promise<void> {
    await rm(ballast());
    await until(async () => (await readiness()).status === 200);
    await untilLonger(writers.acknowledged, 50);
    await writers.stop();
    await writers.expectIntact(await home.databaseUrl());
    expect(server.isRunning).toBe(true);
    expect([...writers.answers.keys()].filter((status) => ![200, 201, 503].includes(status))).toEqual([]);
  }

  it('has no room for tables: writes are refused, reads go on, readiness says why, and nothing is lost', async () => {
    const first = home.start();
    await first.url();
    await first.signal('SIGTERM');
    await until(async () => (await home.postgres()) === undefined);
    // Only the tables: the log of the database is on another disk, as it often is.
    await mount(join(home.dataDir, 'postgres', 'base'), 120);
    await startWriters();
    await fill(1);
    await until(async () => (await readiness()).detail === 'The disk of the database is full.');
    expect((await call(url, 'GET', '/api/events?limit=1', { token: tokens[0]! })).status).toBe(200);
    expect((await call(url, 'GET', '/health/live')).status).toBe(200);
    expect(writers.answers.get(503)?.body).toMatchObject({ code: 'unavailable' });
    await expectRecovery();
  });

  it('has no room for the log of the database: PostgreSQL ends, is started again, and nothing is lost', async () => {
    await mkdir(home.dataDir);
    await mount(home.dataDir, 320);
    await startWriters();
    const postgres = await home.postgres();
    await fill(0);
    await until(async () => (await home.postgres()) !== postgres || (await readiness()).status === 503);
    await until(() => writers.answers.has(503));
    expect((await call(url, 'GET', '/health/live')).status).toBe(200);
    await expectRecovery();
  });
});

/** Whether a write failed for want of room; any other failure is thrown. */
function isFullDisk(error: NodeJS.ErrnoException): boolean {
  if (error.code !== 'ENOSPC') throw error;
  return true;
}

function unmounts(path: string): boolean {
  try {
    execFileSync('umount', [path], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
