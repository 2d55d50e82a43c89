import { setTimeout as sleep } from 'node:timers/promises';
import { queryObjects } from 'node:v8';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createEvent, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { OpenConnections } from '../../src/live/open-connections.js';
import { Connection } from '../../src/live/connection.js';
import { Metrics } from '../../src/platform/metrics/metrics.js';
import { atOnce, slot } from '../support/calls.js';
import { until } from '../support/embedded-postgres-harness.js';
import { LIVE_KINDS, openLive } from '../support/live-client.js';
import { Chance } from '../support/random.js';
import { ok, type Person, startApp, type TestApp } from '../support/test-app.js';

const VISITS = 2_000;

let app: TestApp;
let pipes: OpenConnections;
let people: Person[];
beforeAll(async () => {
  app = await startApp();
  pipes = app.app.get(OpenConnections);
  people = await atOnce(5, () => app.signUp('visitor'));
});
afterAll(() => app.close());

/** How many of them the memory holds, after everything that nobody needs was thrown away. */
const kept = (): number[] => [Connection, WebSocket].map((what) => queryObjects(what, { format: 'count' }));

/** Connects, and goes after a moment: at times before it is let in, at times in the middle of catching up. */
async function visit(chance: Chance, person: Person): Promise<string> {
  const kind = chance.pick(LIVE_KINDS);
  const client = await openLive(kind, app.url, person.accessToken, { after: chance.pick([0, undefined]), hasty: true });
  if (chance.next() < 0.5) await client.hears('ready');
  await sleep(chance.next() * 20);
  client.cut();
  await client.ends();
  // A socket that was let go counts until the server hears of it.
  await sleep(5);
  return client.names.includes('ready') ? kind : 'gone before';
}

describe(`${VISITS} clients that come and go at any moment`, () => {
  it('leave nothing behind: no pipe, no socket, no timer', async () => {
    const [ana] = people;
    const { id } = await ok(createEvent({ client: ana!.client, body: { title: 'Plan', ...slot(1) } }));
    for (let n = 0; n < 50; n += 1) await visit(new Chance(n), people[n % 5]!);
    await until(() => pipes.all().length === 0);
    const before = kept();

    let over = false;
    const writing = (async () => {
      for (let n = 0; !over; n += 1) {
        await ok(updateEvent({ client: ana!.client, path: { id }, body: { title: `Plan ${n}` } }));
        await sleep(20);
      }
    })();
    const visits: Record<string, number> = {};
    await atOnce(20, async (visitor) => {
      const chance = new Chance(visitor);
      for (let n = 0; n < VISITS / 20; n += 1) {
        const what = await visit(chance, people[visitor % 5]!);
        visits[what] = (visits[what] ?? 0) + 1;
      }
    });
    over = true;
    await writing;

    // Many were let in over each pipe, and many went before that.
    expect(Object.keys(visits).sort()).toEqual(['gone before', 'socket_io', 'sse', 'web_socket']);
    for (const count of Object.values(visits)) expect(count).toBeGreaterThan(20);
    await until(() => pipes.all().length === 0);
    expect(pipes.stalled.size).toBe(0);
    expect(pipes.people()).toEqual([]);
    const sockets = (await app.app.get(Metrics).registry.metrics()).match(/^convene_live_sockets\{.*/gm);
    expect(sockets).toEqual(['socket_io', 'web_socket', 'sse'].map((kind) => `convene_live_sockets{pipe="${kind}"} 0`));
    // Nothing that is still to come holds on to them: a token's expiry, say, is 15 minutes away.
    await until(() => kept().every((count, index) => count <= before[index]!));
  });
});
