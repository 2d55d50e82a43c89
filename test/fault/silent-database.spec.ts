import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildServer } from '../support/build.js';
import { query, until, untilLonger } from '../support/embedded-postgres-harness.js';
import { expectInvariants } from '../support/invariants.js';
import { call, ServerHome, type ServerProcess } from '../support/server-process.js';
import { stressed } from '../support/stress.js';
import { PASSWORD } from '../support/test-app.js';

const ROUNDS = stressed(3, 5);
/** Of every request, also of those that come while the database is frozen. */
const ANSWERED_MS = stressed(30_000, 10_000);
/** How long the database stays frozen once every writer has got its refusal. */
const FROZEN_MS = stressed(0, 20_000);
const WRITERS = 16;

let home: ServerHome;
let server: ServerProcess;
let url: string;
let tokens: string[];

beforeAll(async () => {
  await buildServer();
  home = await ServerHome.create();
  server = home.start({ DATABASE_WAIT_SECONDS: '30', DATABASE_SILENCE_SECONDS: '5' });
  url = await server.url();
  tokens = await Promise.all(
    Array.from({ length: WRITERS }, async (_, index) => {
      const account = { username: `writer-${index}`, email: `writer-${index}@example.com`, password: PASSWORD };
      const { body } = await call(url, 'POST', '/api/auth/register', { body: account });
      return body['access_token'] as string;
    }),
  );
});
afterAll(() => home.dispose());

/** Stops all of PostgreSQL in the middle of whatever it does. The returned function lets it go on. */
async function freeze(): Promise<() => void> {
  const all = await home.signalPostgres('SIGSTOP');
  return () => {
    for (const pid of all) process.kill(pid, 'SIGCONT');
  };
}

interface Write {
  token: string;
  key: string;
  title: string;
}

async function send({ token, key, title }: Write): Promise<number> {
  const body = { title, start_time: '2031-03-03T10:00:00Z', end_time: '2031-03-03T11:00:00Z', show_as: 'free' };
  const response = await fetch(`${url}/api/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(body),
  });
  await response.arrayBuffer();
  return response.status;
}

describe('a database that stops to answer, with its connections open', () => {
  it('lets no request wait for it, and loses and repeats nothing', async () => {
    const acknowledged: string[] = [];
    let longest = 0;
    const timed = async <T>(work: Promise<T>): Promise<T> => {
      const since = performance.now();
      const result = await work;
      longest = Math.max(longest, performance.now() - since);
      return result;
    };
    for (let round = 0; round < ROUNDS; round += 1) {
      let isFrozen = false;
      const unacknowledged: Write[] = [];
      const writer = async (token: string): Promise<void> => {
        // Until the first refusal.
        for (;;) {
          const write = { token, key: randomUUID(), title: randomUUID() };
          const status = await timed(send(write));
          if (status === 201) acknowledged.push(write.title);
          else {
            expect(status).toBe(503);
            unacknowledged.push(write);
          }
          if (isFrozen && status !== 201) return;
        }
      };
      const writers = Promise.all(tokens.map(writer));
      await untilLonger(acknowledged, 100);
      const thaw = await freeze();
      const frozenAt = performance.now();
      isFrozen = true;
      try {
        // While the database is still frozen.
        await writers;
        let read = await timed(call(url, 'GET', '/api/events', { token: tokens[0]! }));
        while (performance.now() - frozenAt < FROZEN_MS) {
          await sleep(200);
          read = await timed(call(url, 'GET', '/api/events', { token: tokens[0]! }));
        }
        expect(read).toMatchObject({ status: 503, body: { detail: 'The database does not answer.' } });
        expect(read.headers.get('retry-after')).toBe('2');
        const ready = await call(url, 'GET', '/health/ready');
        expect(ready).toMatchObject({ status: 503, body: { detail: 'The database does not answer.' } });
        expect((await call(url, 'GET', '/health/live')).status).toBe(200);
      } finally {
        thaw();
      }
      const since = performance.now();
      await until(async () => (await call(url, 'GET', '/api/events', { token: tokens[0]! })).status === 200);
      console.log(`Served again after ${Math.round(performance.now() - since)} ms`);
      await until(async () => (await call(url, 'GET', '/health/ready')).status === 200);
      // What was refused may have been stored all the same: the same key stores it once.
      for (const write of unacknowledged) {
        await until(async () => (await send(write)) === 201);
        acknowledged.push(write.title);
      }
    }
    console.log(`${ROUNDS} rounds, ${acknowledged.length} writes; the longest request took ${Math.round(longest)} ms`);
    expect(longest).toBeLessThan(ANSWERED_MS);
    const databaseUrl = await home.databaseUrl();
    const database = {
      query: <Row>(sql: string, values?: unknown[]) => query(databaseUrl, sql, values) as Promise<Row[]>,
    };
    await expectInvariants(database);
    const rows = await database.query<{ title: string }>('SELECT title FROM events');
    expect(rows.map(({ title }) => title).toSorted()).toEqual(acknowledged.toSorted());
  });
});

describe('one connection that is dead while the database answers on others', () => {
  it('is given up, and its request is answered', async () => {
    const own = home.start({ DATABASE_STATEMENT_SECONDS: '2', DATABASE_POOL_SIZE: '4', DATABASE_SILENCE_SECONDS: '5' });
    const ownUrl = await own.url();
    const token = tokens[1]!;
    const list = (): ReturnType<typeof call> => call(ownUrl, 'GET', '/api/events?limit=1', { token });
    expect((await list()).status).toBe(200);
    const databaseUrl = await home.databaseUrl();
    // Those of this server came last.
    const backends = await query(
      databaseUrl,
      `SELECT pid FROM pg_stat_activity WHERE application_name = 'convene' ORDER BY backend_start DESC LIMIT 1`,
    );
    const pid = backends[0]!['pid'] as number;
    process.kill(pid, 'SIGSTOP');
    try {
      // The pool has four connections: one of these requests gets the dead one.
      const answers = await Promise.all(Array.from({ length: 8 }, list));
      const refused = answers.filter(({ status }) => status !== 200);
      for (const { status, body } of refused) {
        expect({ status, detail: body['detail'] }).toEqual({ status: 503, detail: 'The database does not answer.' });
      }
      expect(refused).toHaveLength(1);
      expect((await call(ownUrl, 'GET', '/health/ready')).status).toBe(200);
      for (const { status } of await Promise.all(Array.from({ length: 8 }, list))) expect(status).toBe(200);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await own.signal('SIGTERM');
  });
});
