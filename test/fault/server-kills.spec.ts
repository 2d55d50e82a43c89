import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AcknowledgedWriters } from '../support/acknowledged-writers.js';
import { until, untilLonger } from '../support/embedded-postgres-harness.js';
import { LiveSocket } from '../support/live-socket.js';
import { stressed } from '../support/stress.js';
import { buildServer } from '../support/build.js';
import { call, ServerHome, type ServerProcess } from '../support/server-process.js';

beforeAll(buildServer);

let home: ServerHome;
let writers: AcknowledgedWriters;
beforeEach(async () => void (home = await ServerHome.create()));
afterEach(async () => {
  await writers.stop();
  await home.dispose();
});

const expectIntact = async (): Promise<void> => writers.expectIntact(await home.databaseUrl());

const writeMore = (count: number): Promise<void> => untilLonger(writers.acknowledged, count);

/**
 * Kills the database until readiness has said so, and returns the process that was killed. On a busy machine the database may
 * be back before somebody asks.
 */
async function killDatabase(url: string): Promise<number> {
  const isReady = async (): Promise<boolean> => (await call(url, 'GET', '/health/ready')).status !== 503;
  for (;;) {
    const postgres = (await home.postgres())!;
    process.kill(postgres, 'SIGKILL');
    let isBack = false;
    while (!isBack) {
      if (!(await isReady())) return postgres;
      const now = await home.postgres();
      isBack = now !== undefined && now !== postgres && (await isReady());
    }
  }
}

describe('kill -9 of the server in mid-write', () => {
  it('loses nothing acknowledged: the next start adopts the database, or recovers it when that was killed too', async () => {
    let server = home.start();
    writers = new AcknowledgedWriters(await server.url());
    await writers.start(4);
    for (const killed of ['server', 'server', 'both']) {
      await writeMore(50);
      const postgres = (await home.postgres())!;
      const exit = server.signal('SIGKILL');
      if (killed === 'both') process.kill(postgres, 'SIGKILL');
      expect(await exit).toEqual({ code: null, signal: 'SIGKILL' });
      server = home.start();
      writers.url = await server.url();
      expect(server.output.includes('PostgreSQL was already running')).toBe(killed === 'server');
      expect((await home.postgres()) === postgres).toBe(killed === 'server');
    }
    await writeMore(30);
    await writers.stop();
    expect(writers.broken).toBeGreaterThan(0);
    expect([...writers.answers.keys()].filter((status) => ![200, 201, 503].includes(status))).toEqual([]);
    await expectIntact();
    expect((await server.signal('SIGTERM')).code).toBe(0);
  });
});

describe('kill -9 of the database in mid-write', () => {
  it('is answered with 503 and Retry-After, never 500, until it is back by itself; sockets stay and miss nothing', async () => {
    const server = home.start();
    const url = await server.url();
    writers = new AcknowledgedWriters(url);
    const [token] = await writers.start(4);
    const socket = await LiveSocket.open(url, token!);
    const { seq } = (await socket.waitFor('ready')) as { seq: number };
    for (let round = 0; round < 2; round += 1) {
      await writeMore(60);
      const postgres = await killDatabase(url);
      // Liveness does not say so.
      expect((await call(url, 'GET', '/health/live')).status).toBe(200);
      await until(async () => (await call(url, 'GET', '/health/ready')).status === 200);
      expect(await home.postgres()).not.toBe(postgres);
    }
    await writeMore(60);
    await writers.stop();
    expect([...writers.answers.keys()].sort(), server.output).toEqual([200, 201, 503]);
    const { headers, body } = writers.answers.get(503)!;
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(body).toMatchObject({ code: 'unavailable', status: 503 });
    expect(writers.broken).toBe(0);
    expect(server.isRunning).toBe(true);
    await expectIntact();

    const { body: inbox } = await call(url, 'GET', '/api/notifications?limit=1', { token });
    const last = (inbox.items as { seq: number }[])[0]!.seq;
    const items = await socket.waitForItems(last - seq);
    expect(items.map((item) => item.seq)).toEqual(Array.from({ length: last - seq }, (_, n) => seq + 1 + n));
    socket.close();
    expect((await server.signal('SIGTERM')).code).toBe(0);
  });
});

const ROUNDS = stressed(2, 10);
const WRITES = stressed(600, 20_000);

describe(`kill -9 of the server and of every process of PostgreSQL, ${ROUNDS} times, with 16 writers`, () => {
  it('loses no acknowledged write and leaves no half of a batch', { timeout: 3_600_000 }, async () => {
    // The long form takes longer than a token lives otherwise.
    const start = (): ServerProcess => home.start();
    let server = start();
    writers = new AcknowledgedWriters(await server.url());
    await writers.start(16);
    for (let round = 0; round < ROUNDS; round += 1) {
      await writeMore(WRITES / ROUNDS);
      await Promise.all([server.signal('SIGKILL'), home.signalPostgres('SIGKILL')]);
      server = start();
      writers.url = await server.url();
    }
    await writeMore(16);
    await writers.stop();
    expect([...writers.answers.keys()].filter((status) => ![200, 201, 503].includes(status))).toEqual([]);
    await expectIntact();
    console.log(
      `${ROUNDS} kills, ${writers.acknowledged.length} acknowledged writes, ${writers.broken} without an answer`,
    );
    expect((await server.signal('SIGTERM')).code).toBe(0);
  });
});
