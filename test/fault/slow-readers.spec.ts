import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { buildServer } from '../support/build.js';
import { slot } from '../support/calls.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { LIVE_KINDS, type LiveClient, openLive } from '../support/live-client.js';
import { PausedClient } from '../support/paused-client.js';
import { PlainClient, type PlainPerson } from '../support/plain-client.js';
import { INSPECTED, ServerMemory } from '../support/server-memory.js';
import { ServerHome, type ServerProcess } from '../support/server-process.js';
import { PATIENCE_MS } from '../support/patient.js';

const ITEMS = 20_000;
const QUIET_ITEMS = 2_000;
const BATCH = 500;
const EDITS_PER_BATCH = 4;
/** Batches between two measurements of the memory. */
const MEASURE_EVERY = 4;
const MEGABYTE = 1_048_576;

beforeAll(buildServer);

let home: ServerHome;
let database: TestDatabase;
let server: ServerProcess;
let client: PlainClient;
beforeEach(async () => {
  [home, database] = [await ServerHome.create(), await createDatabase()];
  server = home.start({
    DATABASE_URL: database.url,
    JWT_SECRET: 'a secret that only the tests use and nobody else',
    LOG_LEVEL: 'warn',
    // Its clients stay connected for minutes.
    SSE_SECONDS: '3600',
    ...INSPECTED,
  });
  client = new PlainClient(await server.url());
});
afterEach(async () => {
  await home.dispose();
  await database.drop();
});

/** Records for every item how many milliseconds after its change it is received. */
function recordDelays(reader: LiveClient, delays: number[]): LiveClient {
  const record = reader.record.bind(reader);
  reader.record = (name, data, text) => {
    if (name === 'change') delays.push(Date.now() - Date.parse(data['timestamp'] as string));
    record(name, data, text);
  };
  return reader;
}

const quantile = (values: number[], part: number): number =>
  [...values].sort((one, other) => one - other)[Math.floor(values.length * part)] ?? 0;

/**
 * Adds items to a user's stream in batches; after each batch, changes a shared event.
 * @returns the maximum memory of the server meanwhile, in bytes
 */
async function write(person: PlainPerson, items: number, shared: string, memory: ServerMemory): Promise<number> {
  const { token } = person;
  const event = { title: 'One of many', ...slot(1), show_as: 'free' };
  const body = { events: Array.from({ length: BATCH }, () => event) };
  let max = 0;
  for (let n = 1; n <= items / BATCH; n += 1) {
    expect((await client.call('POST', '/api/events/batch', { token, body })).status).toBe(201);
    for (let edit = 0; edit < EDITS_PER_BATCH; edit += 1) {
      const title = `${items} ${n} ${edit}`;
      expect((await client.call('PUT', `/api/events/${shared}`, { token, body: { title } })).status).toBe(200);
    }
    if (n % MEASURE_EVERY === 0) max = Math.max(max, await memory.measure());
  }
  return max;
}

const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

describe('clients that never read', () => {
  it('cost the server no memory, are disconnected, and do not affect other clients', async () => {
    const memory = await ServerMemory.of(server);
    const [ana, ben] = [await client.signUp('ana'), await client.signUp('ben')];
    const { token } = ana;
    const event = { title: 'Shared', ...slot(1), show_as: 'free' };
    const { body: made } = await client.call<{ id: string }>('POST', '/api/events', { token, body: event });
    const body = { user_id: ben.id, role: 'viewer' };
    await client.call('POST', `/api/events/${made.id}/share`, { token, body });

    const delays: number[] = [];
    const open = (person: PlainPerson, recorded: number[] = []): Promise<LiveClient[]> =>
      Promise.all(
        LIVE_KINDS.map(async (kind) =>
          recordDelays(await openLive(kind, client.url, person.token, { after: 0 }), recorded),
        ),
      );
    const own = await open(ana);
    const others = await open(ben, delays);
    // The baseline, before and after: as many clients that do read.
    const measureReadingClients = async (): Promise<number> => {
      const reading = [...(await open(ana)), ...(await open(ana))];
      const max = await write(ana, QUIET_ITEMS, made.id, memory);
      for (const reader of reading) reader.cut();
      await Promise.all(reading.map((reader) => reader.waitForEnd()));
      await sleep(200);
      return max;
    };
    const memoryBefore = await measureReadingClients();
    const quiet = delays.splice(0);
    const slow: PausedClient[] = [];
    for (const kind of [...LIVE_KINDS, ...LIVE_KINDS]) slow.push(await PausedClient.open(kind, client.url, token));
    const memoryMeanwhile = await write(ana, ITEMS, made.id, memory);
    expect((memoryMeanwhile - memoryBefore) / MEGABYTE).toBeLessThan(20);
    const disturbed = delays.splice(0);
    // The server looks at stalled connections now and then. One that answers no ping may be ended before it stalls.
    await vi.waitFor(
      async () => {
        const metrics = await (await fetch(`${client.url}/metrics`)).text();
        const counts = [...metrics.matchAll(/^convene_live_sockets\{.*$/gm)].map(([line]) => line);
        expect(counts.sort()).toEqual(LIVE_KINDS.map((kind) => `convene_live_sockets{transport="${kind}"} 2`).sort());
        expect(metrics).toMatch(/^convene_live_slow_disconnects_total\{.*\} [1-9]/m);
      },
      { timeout: PATIENCE_MS, interval: 100 },
    );
    // Reset long before the end and without a reason, which would have had to wait behind the unread frames.
    for (const one of slow) {
      await one.readToTheEnd();
      expect(one.items).toBeLessThan(ITEMS / 2);
    }
    await measureReadingClients();
    quiet.push(...delays);

    const items = ITEMS + 2 * QUIET_ITEMS;
    const edits = (items / BATCH) * EDITS_PER_BATCH;
    for (const [readers, last] of [
      [own, 2 + items + edits],
      [others, 1 + edits],
    ] as const) {
      for (const reader of readers) {
        await reader.waitForItems(last);
        expect(reader.seqs).toEqual(upTo(last));
        reader.cut();
      }
    }
    memory.close();
    const figures = (values: number[]): string => `${quantile(values, 0.5)} ms (p99 ${quantile(values, 0.99)} ms)`;
    const more = ((memoryMeanwhile - memoryBefore) / MEGABYTE).toFixed(1);
    const ratio = (quantile(disturbed, 0.5) / quantile(quiet, 0.5)).toFixed(2);
    console.log(
      `slow readers: ${more} MB above ${(memoryBefore / MEGABYTE).toFixed(0)} MB; delay of other clients ` +
        `${figures(disturbed)}, baseline ${figures(quiet)}, ratio ${ratio}`,
    );
  });
});

describe('a server that shuts down with 100 live connections', () => {
  it('notifies every client, does not wait for those that do not read, and exits with 0', async () => {
    const people = await Promise.all(Array.from({ length: 10 }, () => client.signUp('guest')));
    const reading: LiveClient[] = [];
    const paused: PausedClient[] = [];
    for (const [index, { token }] of people.entries()) {
      for (let n = 0; n < 9; n += 1) reading.push(await openLive(LIVE_KINDS[n % 3]!, client.url, token));
      paused.push(await PausedClient.open(LIVE_KINDS[index % 3]!, client.url, token));
    }
    expect(await server.signal('SIGTERM')).toEqual({ code: 0, signal: null });
    for (const reader of reading) {
      await reader.waitForEnd();
      expect(await reader.waitFor('session_ended')).toEqual({ reason: 'shutting_down' });
    }
    for (const one of paused) await one.readToTheEnd();
  });
});
