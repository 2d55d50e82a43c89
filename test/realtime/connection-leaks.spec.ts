import { setTimeout as sleep } from 'node:timers/promises';
import { queryObjects } from 'node:v8';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createEvent, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { Connection } from '../../src/live/connection.js';
import { OpenConnections } from '../../src/live/open-connections.js';
import { Metrics } from '../../src/platform/metrics/metrics.js';
import { atOnce, slot } from '../support/calls.js';
import { until } from '../support/embedded-postgres-harness.js';
import { LIVE_KINDS, openLive } from '../support/live-client.js';
import { Chance } from '../support/random.js';
import { ok, type Person, startApp, type TestApp } from '../support/test-app.js';

const VISITS = 2_000;

/** NestJS compares each socket.io socket with the one that connected, or disconnected, before it. */
const REMEMBERED = 2;

let app: TestApp;
let connections: OpenConnections;
let people: Person[];
beforeAll(async () => {
  app = await startApp();
  connections = app.app.get(OpenConnections);
  people = await atOnce(5, () => app.signUp('visitor'));
});
afterAll(() => app.close());

/** Returns how many connections and WebSockets are still in memory after a garbage collection. */
const countInMemory = (): number[] => [Connection, WebSocket].map((type) => queryObjects(type, { format: 'count' }));

/** Connects and disconnects at a random moment: before `ready`, while catching up, or later. */
async function visit(chance: Chance, person: Person): Promise<string> {
  const kind = chance.pick(LIVE_KINDS);
  const client = await openLive(kind, app.url, person.accessToken, {
    after: chance.pick([0, undefined]),
    skipReady: true,
  });
  if (chance.next() < 0.5) await client.waitFor('ready');
  await sleep(chance.next() * 20);
  client.cut();
  await client.waitForEnd();
  // The server counts the connection until it receives the close.
  await sleep(5);
  return client.names.includes('ready') ? kind : 'left early';
}

describe(`${VISITS} clients that connect and disconnect at random moments`, () => {
  it('leave no connection, socket or timer behind', async () => {
    const [ana] = people;
    const { id } = await ok(createEvent({ client: ana!.client, body: { title: 'Plan', ...slot(1) } }));
    const before = countInMemory();

    let finished = false;
    const writing = (async () => {
      for (let n = 0; !finished; n += 1) {
        await ok(updateEvent({ client: ana!.client, path: { id }, body: { title: `Plan ${n}` } }));
        await sleep(20);
      }
    })();
    const visits: Record<string, number> = {};
    await atOnce(20, async (visitor) => {
      const chance = new Chance(visitor);
      for (let n = 0; n < VISITS / 20; n += 1) {
        const outcome = await visit(chance, people[visitor % 5]!);
        visits[outcome] = (visits[outcome] ?? 0) + 1;
      }
    });
    finished = true;
    await writing;

    // Many clients connected over each transport, and many left before `ready`.
    expect(Object.keys(visits).sort()).toEqual(['left early', 'socket_io', 'sse', 'web_socket']);
    for (const count of Object.values(visits)) expect(count).toBeGreaterThan(20);
    await until(() => connections.all().length === 0);
    expect(connections.stalled.size).toBe(0);
    expect(connections.userIds()).toEqual([]);
    const sockets = (await app.app.get(Metrics).registry.metrics()).match(/^convene_live_sockets\{.*/gm);
    expect(sockets).toEqual(
      ['socket_io', 'web_socket', 'sse'].map((kind) => `convene_live_sockets{transport="${kind}"} 0`),
    );
    // Nothing keeps a reference to them, such as the timer for the token, which expires in 15 minutes.
    // The library keeps a WebSocket whose client has vanished for 30 s.
    const countLeaked = (): number[] =>
      countInMemory().map((count, index) => Math.max(0, count - before[index]! - REMEMBERED));
    // Each count collects garbage several times, which takes many seconds on a busy machine.
    await expect.poll(countLeaked, { interval: 1_000, timeout: 300_000 }).toEqual([0, 0]);
  });
});
