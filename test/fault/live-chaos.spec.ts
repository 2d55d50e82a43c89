import { afterEach, beforeAll, beforeEach, describe, expect, it, onTestFailed } from 'vitest';
import { buildServer } from '../support/build.js';
import { atOnce } from '../support/calls.js';
import { ChaosWriters } from '../support/chaos-writers.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { until } from '../support/embedded-postgres-harness.js';
import { expectInvariants } from '../support/invariants.js';
import { LastingReader, type ReaderKind } from '../support/lasting-reader.js';
import { LIVE_KINDS, openLive } from '../support/live-client.js';
import type { Item } from '../support/live-socket.js';
import { PlainClient, type PlainPerson } from '../support/plain-client.js';
import { Chance } from '../support/random.js';
import { RedisServer, redisServerPath, unlessMissing } from '../support/redis-server.js';
import { call, ServerHome, type ServerProcess } from '../support/server-process.js';

const SEED = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000);
const WRITERS = 16;
/** Of the writers, those who also read; each over so many pipes. */
const READING = 10;
const KINDS: ReaderKind[] = [...LIVE_KINDS, 'asking'];
const PIPES_EACH = 5;
const COMMON_EVENTS = 5;

beforeAll(buildServer);

let home: ServerHome;
let database: TestDatabase;
let redis: RedisServer | null;
let servers: ServerProcess[];
let urls: string[];
beforeEach(async () => {
  [home, database, redis] = [await ServerHome.create(), await createDatabase(), null];
});
afterEach(async () => {
  await home.dispose();
  await redis?.dispose();
  await database.drop();
});

const startServer = (): ServerProcess =>
  home.start({
    DATABASE_URL: database.url,
    DATABASE_POOL_SIZE: '8',
    JWT_SECRET: 'a secret that only the tests use and nobody else',
    PULSE_SECONDS: '1',
    LOG_LEVEL: 'warn',
    ...(redis ? { REDIS_URL: redis.url } : {}),
  });

async function killServer(index: number): Promise<void> {
  expect(await servers[index]!.signal('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });
}

async function restartServer(index: number): Promise<void> {
  servers[index] = startServer();
  urls[index] = await servers[index].url();
}

const signals = async (): Promise<unknown[]> =>
  Promise.all(urls.map(async (url) => (await call(url, 'GET', '/health/ready')).body['signals']));

/** Everything in a person's stream, as `GET /api/changes` has it and as it stands in the table. */
async function streamOf({ id, token }: PlainPerson): Promise<string[]> {
  const texts: string[] = [];
  for (let after = 0, more = true; more;) {
    const { body } = await call(urls[0]!, 'GET', `/api/changes?after=${after}&limit=200`, { token });
    for (const item of body['items'] as Item[]) texts.push(JSON.stringify(item));
    [after, more] = [body['last_seq'] as number, body['has_more'] as boolean];
  }
  const rows = await database.query<{ seq: number; id: string }>(
    'SELECT seq::int, id, type, event_id, version FROM notifications WHERE user_id = $1 ORDER BY seq',
    [id],
  );
  const items = texts.map((text) => JSON.parse(text) as Item);
  expect(items.map(({ seq, id, type, event_id, version }) => ({ seq, id, type, event_id, version }))).toEqual(rows);
  expect(items.map(({ seq }) => seq)).toEqual(rows.map((_, index) => index + 1));
  return texts;
}

/** The first place where they differ, if any: two lists of a thousand items are no message. */
function difference(log: string[], stream: string[]): string | null {
  const at = stream.findIndex((text, index) => text !== log[index]);
  if (at === -1 && log.length === stream.length) return null;
  return `at ${at} of ${log.length} instead of ${stream.length}: ${log[at]} instead of ${stream[at]}`;
}

/** Everybody who had to be told of an acknowledged write was, once for each. */
function expectTold(writers: ChaosWriters, streams: Map<string, string[]>): void {
  const keyOf = (type: string, eventId: string, version: number | null, actorId: string): string =>
    [type, eventId, version, actorId].join(' ');
  for (const [userId, stream] of streams) {
    const heard = new Map<string, number>();
    for (const text of stream) {
      const item = JSON.parse(text) as Item & { actor: { id: string } };
      const version = ['event_created', 'event_updated'].includes(item.type) ? item.version : null;
      const key = keyOf(item.type, item.event_id, version, item.actor.id);
      heard.set(key, (heard.get(key) ?? 0) + 1);
    }
    for (const write of writers.told.filter(({ readers }) => readers.includes(userId))) {
      const key = keyOf(write.type, write.eventId, write.version, write.actorId);
      const left = heard.get(key) ?? 0;
      expect(left, `items of ${key}`).toBeGreaterThan(0);
      heard.set(key, left - 1);
    }
  }
}

/** `disturb` is called with a way to wait for so many more acknowledged writes. */
async function chaos(disturb: (moreWrites: (count: number) => Promise<void>) => Promise<void>): Promise<void> {
  onTestFailed(() =>
    console.error(`CHAOS_SEED=${SEED}; the servers said: ${servers.map((one) => one.output).join('')}`),
  );
  servers = [startServer(), startServer()];
  urls = await Promise.all(servers.map((server) => server.url()));
  const people = await atOnce(WRITERS, (n) => new PlainClient(urls[n % 2]!).signUp('writer'));
  const writers = new ChaosWriters(people, () => urls, SEED);
  await writers.start(COMMON_EVENTS);
  const readers = people.slice(0, READING).flatMap(({ id, token }, person) =>
    Array.from({ length: PIPES_EACH }, (_, pipe) => {
      const kind = KINDS[(person + pipe) % KINDS.length]!;
      return new LastingReader(kind, id, token, () => urls, new Chance(SEED + 100 * person + pipe));
    }),
  );
  const began = Date.now();
  for (const reader of readers) reader.start();
  try {
    await disturb(async (count) => {
      const goal = writers.told.length + count;
      await until(() => writers.told.length >= goal);
    });
  } finally {
    await writers.stop();
  }
  const seconds = (Date.now() - began) / 1_000;

  const streams = new Map<string, string[]>();
  for (const person of people) streams.set(person.id, await streamOf(person));
  await Promise.all(readers.map((reader) => reader.finish(streams.get(reader.userId)!.length)));
  for (const { log, userId, kind } of readers) {
    expect(difference(log, streams.get(userId)!), `what came over ${kind}`).toBeNull();
  }
  // Whoever comes new reads the same.
  for (const kind of LIVE_KINDS) {
    const { id, token } = people[0]!;
    const client = await openLive(kind, urls[1]!, token, { after: 0 });
    await client.hearsItems(streams.get(id)!.length);
    expect(difference(client.texts, streams.get(id)!), `what comes over ${kind}`).toBeNull();
    client.cut();
  }
  expect(readers.flatMap(({ surprises }) => surprises)).toEqual([]);
  expect(writers.refused).toEqual([]);
  expectTold(writers, streams);
  await expectInvariants(database);

  // It was as wild as it should be.
  expect(writers.broken).toBeGreaterThan(0);
  for (const kind of KINDS) {
    const alike = readers.filter((reader) => reader.kind === kind);
    expect(Math.min(...alike.map(({ visits }) => visits)), `visits over ${kind}`).toBeGreaterThan(1);
  }
  const sum = (count: (reader: LastingReader) => number): number =>
    readers.reduce((total, reader) => total + count(reader), 0);
  console.log(
    `live chaos, seed ${SEED}, ${seconds.toFixed(1)} s: ${writers.told.length} writes acknowledged (${writers.broken}` +
      ` without answer), ${sum(({ log }) => log.length)} items read over ${sum(({ visits }) => visits)} connections` +
      ` (${sum(({ failures }) => failures)} led nowhere)`,
  );
  for (const server of servers) expect((await server.signal('SIGTERM')).code).toBe(0);
}

describe(`${WRITERS} writers and ${READING * PIPES_EACH} readers on two servers`, { timeout: 180_000 }, () => {
  it('lose nothing between servers that speak over PostgreSQL, one of which is killed', async () => {
    await chaos(async (moreWrites) => {
      await moreWrites(80);
      await killServer(1);
      await moreWrites(80);
      await restartServer(1);
      await moreWrites(80);
    });
  });

  it.runIf(redisServerPath)(
    `lose nothing between servers that speak over Redis, when one of them and Redis are killed${unlessMissing}`,
    async () => {
      redis = await RedisServer.create();
      await redis.start();
      await chaos(async (moreWrites) => {
        await moreWrites(130);
        await killServer(0);
        await moreWrites(130);
        await restartServer(0);
        await moreWrites(130);
        expect(await signals()).toEqual(['up', 'up']);
        await redis!.kill();
        await until(async () => (await signals()).every((state) => state === 'down'));
        await moreWrites(130);
        await redis!.start();
        await until(async () => (await signals()).every((state) => state === 'up'));
        await moreWrites(130);
      });
    },
  );
});
