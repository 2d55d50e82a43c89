import { afterEach, beforeAll, beforeEach, describe, expect, it, onTestFailed } from 'vitest';
import { buildServer } from '../support/build.js';
import { atOnce } from '../support/calls.js';
import { ChaosWriters } from '../support/chaos-writers.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { until, untilLonger } from '../support/embedded-postgres-harness.js';
import { expectInvariants } from '../support/invariants.js';
import { LIVE_KINDS, openLive } from '../support/live-client.js';
import type { Item } from '../support/live-socket.js';
import { PlainClient, type PlainPerson } from '../support/plain-client.js';
import { Chance } from '../support/random.js';
import { type ClientKind, ReconnectingClient } from '../support/reconnecting-client.js';
import { RedisServer, redisServerPath, unlessMissing } from '../support/redis-server.js';
import { call, ServerHome, type ServerProcess } from '../support/server-process.js';

const SEED = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000);
const WRITERS = 16;
/** Writers who also have clients. */
const READERS = 10;
const KINDS: ClientKind[] = [...LIVE_KINDS, 'polling'];
const CLIENTS_PER_READER = 5;
const COMMON_EVENTS = 5;

beforeAll(buildServer);

let home: ServerHome;
let database: TestDatabase;
let redis: RedisServer | null;
let servers: ServerProcess[];
let urls: string[];
let clients: ReconnectingClient[];
beforeEach(async () => {
  [home, database, redis, clients] = [await ServerHome.create(), await createDatabase(), null, []];
});
afterEach(async () => {
  await Promise.all(clients.map((client) => client.stop()));
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
    SSE_SECONDS: '1',
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

/** Returns the items of a user's stream from `GET /api/changes`, and compares them with the table. */
async function readStream({ id, token }: PlainPerson): Promise<string[]> {
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

/** Describes the first difference of two lists, null when they are equal: the lists are too long for a message. */
function describeDifference(log: string[], stream: string[]): string | null {
  const at = stream.findIndex((text, index) => text !== log[index]);
  if (at === -1 && log.length === stream.length) return null;
  return `${log.length} items instead of ${stream.length}; item ${at} is ${log[at]} instead of ${stream[at]}`;
}

/** Expects one item per acknowledged write in the stream of each of its recipients. */
function expectItemsOfWrites(writers: ChaosWriters, streams: Map<string, string[]>): void {
  const keyOf = (type: string, eventId: string, version: number | null, actorId: string): string =>
    [type, eventId, version, actorId].join(' ');
  for (const [userId, stream] of streams) {
    const counts = new Map<string, number>();
    for (const text of stream) {
      const item = JSON.parse(text) as Item & { actor: { id: string } };
      const version = ['event_created', 'event_updated'].includes(item.type) ? item.version : null;
      const key = keyOf(item.type, item.event_id, version, item.actor.id);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    for (const write of writers.acknowledged.filter(({ recipients }) => recipients.includes(userId))) {
      const key = keyOf(write.type, write.eventId, write.version, write.actorId);
      const left = counts.get(key) ?? 0;
      expect(left, `items of ${key}`).toBeGreaterThan(0);
      counts.set(key, left - 1);
    }
  }
}

/** Runs writers and clients while `disturb` runs. It is called with a function that waits for further acknowledged writes. */
async function runChaos(disturb: (waitForWrites: (count: number) => Promise<void>) => Promise<void>): Promise<void> {
  onTestFailed(() =>
    console.error(`CHAOS_SEED=${SEED}; output of the servers: ${servers.map((one) => one.output).join('')}`),
  );
  servers = [startServer(), startServer()];
  urls = await Promise.all(servers.map((server) => server.url()));
  const people = await atOnce(WRITERS, (n) => new PlainClient(urls[n % 2]!).signUp('writer'));
  const writers = new ChaosWriters(people, () => urls, SEED);
  await writers.start(COMMON_EVENTS);
  clients = people.slice(0, READERS).flatMap(({ id, token }, person) =>
    Array.from({ length: CLIENTS_PER_READER }, (_, client) => {
      const kind = KINDS[(person + client) % KINDS.length]!;
      return new ReconnectingClient(kind, id, token, () => urls, new Chance(SEED + 100 * person + client));
    }),
  );
  const began = Date.now();
  for (const client of clients) client.start();
  try {
    await disturb((count) => untilLonger(writers.acknowledged, count));
    // Changes go on until every client has come back to them, however little time a busy machine has for each.
    await until(() => clients.every(({ visits }) => visits > 1));
  } finally {
    await writers.stop();
  }
  const seconds = (Date.now() - began) / 1_000;

  const streams = new Map<string, string[]>();
  for (const person of people) streams.set(person.id, await readStream(person));
  await Promise.all(clients.map((client) => client.finish(streams.get(client.userId)!.length)));
  for (const { log, userId, kind } of clients) {
    expect(describeDifference(log, streams.get(userId)!), `items received over ${kind}`).toBeNull();
  }
  // A new client receives the same items.
  for (const kind of LIVE_KINDS) {
    const { id, token } = people[0]!;
    const client = await openLive(kind, urls[1]!, token, { after: 0 });
    await client.waitForItems(streams.get(id)!.length);
    expect(describeDifference(client.texts, streams.get(id)!), `items of a new client over ${kind}`).toBeNull();
    client.cut();
  }
  expect(clients.flatMap(({ unexpected }) => unexpected)).toEqual([]);
  expect(writers.refused).toEqual([]);
  expectItemsOfWrites(writers, streams);
  await expectInvariants(database);

  // The disturbances took place.
  expect(writers.unanswered).toBeGreaterThan(0);
  for (const kind of KINDS) {
    const ofKind = clients.filter((client) => client.kind === kind);
    expect(Math.min(...ofKind.map(({ visits }) => visits)), `visits over ${kind}`).toBeGreaterThan(1);
  }
  const sum = (count: (client: ReconnectingClient) => number): number =>
    clients.reduce((total, client) => total + count(client), 0);
  console.log(
    `live chaos, seed ${SEED}, ${seconds.toFixed(1)} s: ${writers.acknowledged.length} writes acknowledged ` +
      `(${writers.unanswered} unanswered, ${writers.busy + sum(({ busy }) => busy)} answered by a busy server), ${sum(({ log }) => log.length)} items received over ` +
      `${sum(({ visits }) => visits)} connections (${sum(({ failures }) => failures)} failed)`,
  );
  for (const server of servers) expect((await server.signal('SIGTERM')).code).toBe(0);
}

describe(`${WRITERS} writers and ${READERS * CLIENTS_PER_READER} clients on two servers`, () => {
  it('lose no item when the servers signal over PostgreSQL and one of them is killed', async () => {
    await runChaos(async (waitForWrites) => {
      await waitForWrites(80);
      await killServer(1);
      await waitForWrites(80);
      await restartServer(1);
      await waitForWrites(80);
    });
  });

  it.runIf(redisServerPath)(
    `lose no item when the servers signal over Redis and one of them and Redis are killed${unlessMissing}`,
    async () => {
      redis = await RedisServer.create();
      await redis.start();
      await runChaos(async (waitForWrites) => {
        await waitForWrites(130);
        await killServer(0);
        await waitForWrites(130);
        await restartServer(0);
        await waitForWrites(130);
        expect(await signals()).toEqual(['up', 'up']);
        await redis!.kill();
        await until(async () => (await signals()).every((state) => state === 'down'));
        await waitForWrites(130);
        await redis!.start();
        await until(async () => (await signals()).every((state) => state === 'up'));
        await waitForWrites(130);
      });
    },
  );
});
