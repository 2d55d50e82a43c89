import { chmod, mkdir, rm, stat } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  answers,
  Harness,
  postmasterPid,
  query,
  runsIn,
  serverOf,
  until,
  untilLonger,
  url,
} from '../support/embedded-postgres-harness.js';

let harness: Harness;
beforeAll(async () => {
  harness = await Harness.create();
});
afterAll(() => harness.dispose());

const listens = (server: Server, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });

describe('two holders of one server', () => {
  it('keep it until the last one lets go, and do not wait for a killed one', async () => {
    const dataDir = harness.dataDir('two');
    const first = harness.hold(dataDir);
    const address = await url(first);
    const [second, third] = [harness.hold(dataDir), harness.hold(dataDir)];
    await Promise.all([url(second), url(third)]);
    await first.stop();
    expect(await answers(address)).toBe(true);
    await third.kill();
    await second.stop();
    expect(await answers(address)).toBe(false);
  });

  it('bring it back once when it is killed', async () => {
    const dataDir = harness.dataDir('two-restart');
    const [first, second] = [harness.hold(dataDir), harness.hold(dataDir)];
    const address = await url(first);
    expect(await url(second)).toBe(address);
    process.kill(await serverOf(dataDir), 'SIGKILL');
    const again = () => [first, second].every((holder) => holder.logged().includes('running again'));
    await until(async () => again() && (await answers(address)));
    await first.stop();
    expect(await answers(address)).toBe(true);
    await second.stop();
    expect(await answers(address)).toBe(false);
  });
});

describe('a killed server', () => {
  it('comes back by itself with every acknowledged row, twice', async () => {
    const dataDir = harness.dataDir('killed');
    const holder = harness.hold(dataDir, { durable: true });
    const address = await url(holder);
    await query(address, 'CREATE TABLE rows (id int PRIMARY KEY, filler text)');
    const acknowledged: number[] = [];
    let next = 0;
    let over = false;
    const write = async () => {
      while (!over) {
        const client = new Client(address);
        client.on('error', () => undefined);
        try {
          await client.connect();
          while (!over) {
            const id = next++;
            await client.query('INSERT INTO rows VALUES ($1, repeat($2, 200))', [id, 'x']);
            acknowledged.push(id);
          }
        } catch {
          await sleep(20);
        } finally {
          await client.end().catch(() => undefined);
        }
      }
    };
    const writers = [write(), write(), write(), write()];
    for (let round = 0; round < 2; round++) {
      await untilLonger(acknowledged, 200);
      process.kill(await serverOf(dataDir), 'SIGKILL');
      await untilLonger(acknowledged, 50);
    }
    over = true;
    await Promise.all(writers);
    // Backends outlive their postmaster for a moment, and acknowledge while it is being replaced.
    await until(() => answers(address));
    const stored = new Set((await query(address, 'SELECT id FROM rows')).map((row) => row['id']));
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
    await holder.stop();
  });

  it('comes back although a backend of it is still busy', async () => {
    const dataDir = harness.dataDir('leftover');
    const holder = harness.hold(dataDir);
    const address = await url(holder);
    const busy = query(address, 'SELECT count(*) FROM generate_series(1, 10000000000)').catch(() => undefined);
    await until(async () => {
      const rows = await query(address, `SELECT 1 FROM pg_stat_activity WHERE query LIKE '%generate_series(1%'`);
      return rows.length > 1;
    });
    process.kill(await serverOf(dataDir), 'SIGKILL');
    await until(async () => holder.logged().includes('running again') && (await answers(address)));
    expect(holder.logged()).toContain('leftover');
    await busy;
    await holder.stop();
  });

  it('is not used on another port than the URL has', async () => {
    const dataDir = harness.dataDir('moved');
    const first = harness.hold(dataDir);
    const address = await url(first);
    const port = Number(new URL(address).port);
    const squatter = createServer();
    await until(async () => {
      // Again if the first holder was faster to restart it.
      const server = await postmasterPid(dataDir);
      if (server !== undefined && runsIn(server, dataDir)) process.kill(server, 'SIGKILL');
      return listens(squatter, port);
    });
    const second = harness.hold(dataDir);
    expect(await url(second)).not.toBe(address);
    const refusals = () => first.logged().split('Restart this process').length - 1;
    await until(() => refusals() >= 2);
    squatter.close();
    await first.stop();
    await second.stop();
  });

  it('is started again by the next start when its holder was killed too', async () => {
    const dataDir = harness.dataDir('both-killed');
    const killed = harness.hold(dataDir, { durable: true });
    const address = await url(killed);
    await query(address, `CREATE TABLE kept AS SELECT 'kept' AS word`);
    process.kill(await serverOf(dataDir), 'SIGKILL');
    await killed.kill();
    const holder = harness.hold(dataDir, { durable: true });
    expect(await holder.started).toEqual({ url: address, adopted: false });
    expect(await query(address, 'SELECT word FROM kept')).toEqual([{ word: 'kept' }]);
    await holder.stop();
  });
});

describe.runIf(process.getuid?.() === 0)('accounts', () => {
  const NOBODY = { uid: 65_534, gid: 65_534 };

  it('an ordinary user can use an installation of root without links', async () => {
    await harness.removeLinks();
    const dataDir = harness.dataDir('user/own');
    await mkdir(join(harness.root, 'data', 'user'));
    await chmod(join(harness.root, 'data', 'user'), 0o777);
    const holder = harness.hold(dataDir, NOBODY);
    const address = await url(holder);
    expect((await stat(join(dataDir, 'postgres'))).uid).toBe(NOBODY.uid);
    expect(await harness.removeLinks()).toBe(0);
    await holder.stop();
    await rm(join(dataDir, 'postgres.log'));
    const root = harness.hold(dataDir);
    expect(await url(root)).toBe(address);
    expect((await stat(`/proc/${await serverOf(dataDir)}`)).uid).toBe(NOBODY.uid);
    await root.stop();
    const again = harness.hold(dataDir, NOBODY);
    expect(await url(again)).toBe(address);
    await again.stop();
  });

  it('root without user namespaces runs it as nobody, also on data it made before', async () => {
    const dataDir = harness.dataDir('no-namespace');
    const before = harness.hold(dataDir);
    const address = await url(before);
    await before.stop();
    const holder = harness.hold(dataDir, { env: { PATH: '/nonexistent' } });
    expect(await url(holder)).toBe(address);
    expect((await stat(`/proc/${await serverOf(dataDir)}`)).uid).toBe(NOBODY.uid);
    process.kill(await serverOf(dataDir), 'SIGKILL');
    await until(async () => holder.logged().includes('running again') && (await answers(address)));
    await holder.stop();
    const fresh = harness.dataDir('no-namespace-fresh');
    const first = harness.hold(fresh, { env: { PATH: '/nonexistent' } });
    await url(first);
    await first.stop();
  });

  it('says which folder nobody may not enter, and who owns the data', async () => {
    const closed = join(harness.root, 'closed');
    await mkdir(closed, { mode: 0o700 });
    const inside = harness.hold(join(closed, 'data'), { env: { PATH: '/nonexistent' } });
    expect((await inside.started).error).toContain(`may not enter ${closed}`);
    const foreign = harness.dataDir('foreign');
    await url(harness.hold(foreign)).then(() => chmod(foreign, 0o755));
    const stranger = harness.hold(foreign, NOBODY);
    expect((await stranger.started).error).toMatch(/belongs to uid 0/);
  });
});
