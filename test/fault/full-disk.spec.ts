import { execFileSync } from 'node:child_process';
import { chmod, mkdir, open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AcknowledgedWriters } from '../support/acknowledged-writers.js';
import { buildServer } from '../support/build.js';
import type { TestDatabase } from '../support/database.js';
import { query, until } from '../support/embedded-postgres-harness.js';
import { expectInvariants } from '../support/invariants.js';
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
const DISK = 320;
const SECONDS = 180;

describe.runIf(canMount)(`a disk of ${DISK} MB that is full${unlessMounted}`, () => {
  let home: ServerHome;
  let server: ServerProcess;
  let url: string;
  let writers: AcknowledgedWriters;
  let tokens: string[];

  beforeAll(buildServer);
  beforeEach(async () => {
    home = await ServerHome.create();
    // Also with the log of PostgreSQL, which nobody can write then.
    await mkdir(home.dataDir);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}m`, 'tmpfs', home.dataDir]);
    await chmod(home.dataDir, 0o755);
    server = home.start();
    url = await server.url();
    writers = new AcknowledgedWriters(url);
    tokens = await writers.start(4);
    await until(() => writers.acknowledged.length >= 50, SECONDS);
  });
  afterEach(async () => {
    await writers.stop();
    await home.endServers();
    await home.signalPostgres('SIGKILL').catch(() => undefined);
    await until(() => unmounts(home.dataDir), SECONDS);
    await home.dispose();
  });

  const ballast = (): string => join(home.dataDir, 'ballast');
  /** Takes the room of the disk, except some megabytes. */
  async function fill(left: number): Promise<void> {
    const { bavail, bsize } = await statfs(home.dataDir);
    const file = await open(ballast(), 'w');
    const part = Buffer.alloc(MEGABYTE, 1);
    for (let rest = bavail * bsize - left * MEGABYTE; rest > 0; rest -= part.length)
      await file.write(part, 0, Math.min(rest, part.length));
    await file.close();
  }
  const readiness = async (): Promise<{ status: number; detail: unknown }> => {
    const { status, body } = await call(url, 'GET', '/health/ready');
    return { status, detail: body['detail'] };
  };

  async function expectRecovery(): Promise<void> {
    await rm(ballast());
    await until(async () => (await readiness()).status === 200, SECONDS);
    const goal = writers.acknowledged.length + 50;
    await until(() => writers.acknowledged.length >= goal, SECONDS);
    await writers.stop();
    const client = new pg.Client({ connectionString: await home.databaseUrl() });
    await client.connect();
    try {
      const database: Pick<TestDatabase, 'query'> = {
        query: async <Row extends object>(sql: string, parameters: unknown[] = []) =>
          (await client.query<Row>(sql, parameters)).rows,
      };
      await writers.expectAllStored(database);
      await expectInvariants(database);
    } finally {
      await client.end();
    }
    expect(server.isRunning).toBe(true);
    expect([...writers.answers.keys()].filter((status) => ![200, 201, 503].includes(status))).toEqual([]);
  }

  it('has no room for tables: writes are refused, reads go on, readiness says why, and nothing is lost', async () => {
    const databaseUrl = await home.databaseUrl();
    // The log of the database gets its room before, so that the tables are the first that have none.
    for (let segment = 0; segment < 6; segment += 1) {
      await query(databaseUrl, 'SELECT pg_switch_wal()');
      await query(databaseUrl, 'CHECKPOINT');
    }
    await fill(1);
    await until(async () => (await readiness()).detail === 'The disk of the database is full.', SECONDS);
    expect((await call(url, 'GET', '/api/events?limit=1', { token: tokens[0]! })).status).toBe(200);
    expect((await call(url, 'GET', '/health/live')).status).toBe(200);
    expect(writers.answers.get(503)?.body).toMatchObject({ code: 'unavailable' });
    await expectRecovery();
  }, 900_000);

  it('has no room for the log of the database: PostgreSQL ends, is started again, and nothing is lost', async () => {
    const postgres = await home.postgres();
    await fill(0);
    await until(async () => (await home.postgres()) !== postgres || (await readiness()).status === 503, SECONDS);
    await until(() => writers.answers.has(503), SECONDS);
    expect((await call(url, 'GET', '/health/live')).status).toBe(200);
    await expectRecovery();
  }, 900_000);
});

function unmounts(path: string): boolean {
  try {
    execFileSync('umount', [path], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
