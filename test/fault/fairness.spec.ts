import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEvent, createEvents, listEvents, logout, shareEvent, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { TransactionTurns } from '../../src/platform/database/transaction-turns.js';
import { Transactions } from '../../src/platform/database/transactions.js';
import { NO_REQUEST } from '../../src/platform/tracing/request-origin.js';
import { slot } from '../support/calls.js';
import { until } from '../support/embedded-postgres-harness.js';
import { LockHolder } from '../support/held-locks.js';
import { ok, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let [ana, ben]: Person[] = [];

async function start(settings: object): Promise<void> {
  const defaults = { requestsAtOnce: 8, writesAtOnce: 4, databaseTransactionsAtOnce: 4 };
  app = await startApp({ databasePoolSize: 10, ...defaults, ...settings });
  [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
}
afterEach(() => app.close());

/** Holds the lock under which conflicts in ana's calendar are judged. The returned function lets it go. */
async function holdCalendar(): Promise<() => Promise<void>> {
  const holder = await LockHolder.begin(app.database);
  await holder.lockAvailability(ana!.id);
  return () => holder.release();
}
const waitForLocks = async (): Promise<number> => {
  const [row] = await app.database.query<{ count: number }>(
    `SELECT count(*)::int FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock' AND application_name = 'convene'`,
  );
  return row!.count;
};
async function queued(queue: 'caller' | 'calendar'): Promise<number> {
  const text = await (await fetch(new URL('/metrics', app.url))).text();
  return Number(new RegExp(`^convene_queued_requests\\{queue="${queue}"\\} (\\d+)`, 'm').exec(text)?.[1]);
}

describe('a person with many requests at once', () => {
  beforeEach(() => start({}));

  it('takes a few connections to the database, so that others are served meanwhile', async () => {
    await ok(createEvent({ client: ana!.client, body: { title: 'First', ...slot(99) } }));
    const letGo = await holdCalendar();
    const creates = Array.from({ length: 40 }, (_, n) =>
      createEvent({ client: ana!.client, body: { title: `Plan ${n}`, ...slot(n) } }),
    );
    await until(async () => (await queued('caller')) === 32 && (await waitForLocks()) === 4);
    expect(await queued('calendar')).toBe(4);
    await ok(listEvents({ client: ben!.client }));
    await ok(createEvent({ client: ben!.client, body: { title: 'Mine', ...slot(1) } }));
    await letGo();
    for (const { response } of await Promise.all(creates)) expect(response.status).toBe(201);
  });

  it('shares one calendar with everybody who writes into it', async () => {
    const editors = await Promise.all(Array.from({ length: 12 }, (_, n) => app.signUp(`editor-${n}`)));
    const events = await Promise.all(
      editors.map(async (editor, n) => {
        const event = await ok(createEvent({ client: ana!.client, body: { title: `Plan ${n}`, ...slot(n) } }));
        const users = [{ user_id: editor.id, role: 'editor' as const }];
        await ok(shareEvent({ client: ana!.client, path: { id: event.id }, body: { users } }));
        return event.id;
      }),
    );
    const letGo = await holdCalendar();
    const edits = editors.map(({ client }, n) =>
      updateEvent({ client, path: { id: events[n]! }, body: slot(n + 100) }),
    );
    await until(async () => (await queued('calendar')) === 8 && (await waitForLocks()) === 4);
    expect(await queued('caller')).toBe(0);
    await ok(listEvents({ client: ben!.client }));
    await letGo();
    for (const { response } of await Promise.all(edits)) expect(response.status).toBe(200);
  });
});

describe('a transaction', () => {
  it('waits for its turn, and not for the end of those that take longer', async () => {
    await start({ databaseTransactionsAtOnce: 1 });
    const [transactions, turns] = [app.app.get(Transactions), app.app.get(TransactionTurns)];
    let end = (): void => undefined;
    const held = new Promise<void>((resolve) => (end = resolve));
    const first = transactions.run(NO_REQUEST, () => held);
    const second = transactions.run(NO_REQUEST, (tx) => tx.query<{ one: number }>('SELECT 1 AS one'));
    expect(turns.waiting).toBe(1);
    expect(await second).toEqual([{ one: 1 }]);
    expect(turns.waiting).toBe(0);
    end();
    await first;
  });
});

describe('a queue', () => {
  it('has an end: what finds it full is refused at once, except a sign-out', async () => {
    await start({ maxQueued: 2, requestsAtOnce: 2 });
    await ok(createEvent({ client: ana!.client, body: { title: 'First', ...slot(99) } }));
    const letGo = await holdCalendar();
    const creates = Array.from({ length: 4 }, (_, n) =>
      createEvent({ client: ana!.client, body: { title: `Plan ${n}`, ...slot(n) } }),
    );
    await until(async () => (await queued('caller')) === 2);
    expect(await refused(listEvents({ client: ana!.client }))).toMatchObject({
      status: 503,
      detail: 'Too many of your requests wait.',
    });
    expect((await logout({ client: ben!.client, body: {} })).response.status).toBe(204);
    const signedOut = await logout({ client: ana!.client, body: {} });
    expect(signedOut.response.status).toBe(204);
    await letGo();
    await Promise.all(creates);
  });

  it('does not wait for ever', async () => {
    await start({ queueSeconds: 1, requestsAtOnce: 1 });
    await ok(createEvent({ client: ana!.client, body: { title: 'First', ...slot(99) } }));
    const letGo = await holdCalendar();
    const first = createEvent({ client: ana!.client, body: { title: 'Second', ...slot(1) } });
    await until(async () => (await waitForLocks()) === 1);
    expect(await refused(listEvents({ client: ana!.client }))).toMatchObject({ status: 503 });
    await letGo();
    expect((await first).response.status).toBe(201);
  });
});

describe('responses that nobody reads', () => {
  /** Sends a request for all events, and reads nothing. */
  async function askAndLeave(): Promise<Socket> {
    const { hostname, port } = new URL(app.url);
    const socket = connect(Number(port), hostname);
    socket.pause();
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.write(
      `GET /api/events?limit=200 HTTP/1.1\r\nHost: ${hostname}\r\nAuthorization: Bearer ${ana!.accessToken}\r\n\r\n`,
    );
    return socket;
  }

  it('are held for a few requests of a person only, and not for long', async () => {
    await start({ responseStallSeconds: 2, requestsAtOnce: 3 });
    // 12 MB, more than the operating system takes off the hands of the server.
    const description = '€'.repeat(20_000);
    for (let batch = 0; batch < 4; batch += 1) {
      const events = Array.from({ length: 50 }, (_, n) => ({
        ...{ title: 'Long', description, show_as: 'free' as const },
        ...slot(batch * 50 + n),
      }));
      await ok(createEvents({ client: ana!.client, body: { events } }));
    }
    const sockets = await Promise.all(Array.from({ length: 12 }, askAndLeave));
    await until(async () => (await queued('caller')) === 9);
    await ok(listEvents({ client: ben!.client }));
    // Each in its turn: the server closes them all, since nobody reads.
    await until(async () => (await queued('caller')) === 0);
    await ok(listEvents({ client: ana!.client, query: { limit: 1 } }));
    for (const socket of sockets) socket.destroy();
  });
});
