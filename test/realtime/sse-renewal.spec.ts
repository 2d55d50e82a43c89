import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createEvent, revokePermission, shareEvent, updateEvent } from '../../sdk/generated/sdk.gen.js';
import type { Connection } from '../../src/live/connection.js';
import { OpenConnections } from '../../src/live/open-connections.js';
import { Metrics } from '../../src/platform/metrics/metrics.js';
import { slot } from '../support/calls.js';
import { EventReader } from '../support/event-reader.js';
import { openLive } from '../support/live-client.js';
import { PausedClient } from '../support/paused-client.js';
import { done } from '../support/requests.js';
import { ok, type Person, startApp, type TestApp } from '../support/test-app.js';
import { PATIENCE_MS } from '../support/patient.js';

let app: TestApp;
let connections: OpenConnections;
beforeAll(async () => {
  // Pulses play no part: they are as rare as they can be.
  app = await startApp({ sseSeconds: 2, pulseSeconds: 60 });
  connections = app.app.get(OpenConnections);
});
afterAll(() => app.close());

let ana: Person;
let id: string;
const readers: EventReader[] = [];
beforeEach(async () => {
  ana = await app.signUp('ana');
  id = (await ok(createEvent({ client: ana.client, body: { title: 'Plan', ...slot(1) } }))).id;
});
afterEach(() => {
  for (const reader of readers.splice(0)) reader.stop();
});

const listen = (person: Person, after: number): EventReader => {
  const reader = new EventReader(`${app.url}/api/changes/stream?after=${after}`, person.accessToken);
  readers.push(reader);
  return reader;
};
const rename = (title: string): Promise<unknown> =>
  ok(updateEvent({ client: ana.client, path: { id }, body: { title } }));
const until = (check: () => unknown): Promise<void> =>
  vi.waitFor(() => expect(check()).toBeTruthy(), { timeout: PATIENCE_MS, interval: 10 });
const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);
const renewals = async (): Promise<number> => {
  const text = await app.app.get(Metrics).registry.metrics();
  return Number(/reason="renewed"\} (\d+)/.exec(text)?.[1] ?? 0);
};

describe('a frozen reader of Server-Sent Events', () => {
  it('is found out although the operating system accepts everything for it', async () => {
    const client = await PausedClient.open('sse', app.url, ana.accessToken);
    const [connection] = connections.of(ana.id) as [Connection];
    await rename('Lunch');
    await until(() => connection.cursor === 2);
    expect(connection.transport.unsentBytes()).toBe(0);
    const { socket } = (connection.transport as unknown as { response: { socket: Socket } }).response;
    await until(() => connection.closed);
    expect(connections.of(ana.id)).toEqual([]);
    // It does not ask again, so it loses its socket as well.
    await until(() => socket.destroyed);
    // The items had arrived at its host; then the response ended with its position.
    await client.readToTheEnd();
    expect(client.received).toMatch(/: renew\nid: 2\nretry: 250\n\n\r\n0\r\n\r\n$/);
  });
});

describe('a reader that asks again', () => {
  it('misses nothing and receives nothing twice, whenever a change is committed', async () => {
    const before = await renewals();
    const reader = listen(ana, 0);
    let last = 1;
    // Three renewals, with changes before, during and after each.
    while ((await renewals()) < before + 3) {
      await rename(`Plan ${(last += 1)}`);
      await sleep(last % 7);
    }
    await rename(`Plan ${(last += 1)}`);
    await until(() => reader.seqs.length >= last);
    expect(reader.seqs).toEqual(upTo(last));
    expect(reader.responses).toBeGreaterThan(3);
  });

  it('uses one TCP connection for all of its responses, and stays silent to its listeners', async () => {
    const reader = listen(ana, 1);
    await until(() => reader.responses >= 3);
    expect(new Set(reader.ports).size).toBe(1);
    expect(reader.events).toEqual([]);
    // Between the end of a response and the next one's first frame, it has the shorter one.
    await until(() => reader.retry === 3_000);
  });

  it('receives what happened while it was away, as it may see it when it comes back', async () => {
    const ben = await app.signUp('ben');
    await ok(shareEvent({ client: ana.client, path: { id }, body: { user_id: ben.id, role: 'viewer' } }));
    const reader = listen(ben, 0);
    reader.delay = 500;
    await until(() => reader.seqs.length === 1);
    await until(() => connections.of(ben.id).length === 0);
    await rename('Secret');
    await done(revokePermission({ client: ana.client, path: { id, userId: ben.id } }));
    await until(() => reader.events.length >= 2);
    expect(reader.events.map(({ seq, type }) => `${seq} ${type}`)).toEqual(['1 event_shared', '3 access_revoked']);
  });
});

it('connections over the other transports are not renewed', async () => {
  const before = await renewals();
  const others = await Promise.all(
    (['socket_io', 'web_socket'] as const).map((kind) => openLive(kind, app.url, ana.accessToken)),
  );
  const reader = listen(ana, 1);
  await until(() => reader.responses >= 3);
  expect(await renewals()).toBeGreaterThanOrEqual(before + 2);
  for (const other of others) {
    expect(other.closed).toBeNull();
    other.cut();
  }
});
