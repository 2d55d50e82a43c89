import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { atOnce, slot, tally } from '../support/calls.js';
import { expectInvariants } from '../support/invariants.js';
import { send, type WireAnswer } from '../support/requests.js';
import { type Person, startApp, type TestApp } from '../support/test-app.js';

const ATTEMPTS = 200;

describe('requests with a key, sent at once to two servers', () => {
  let servers: [TestApp, TestApp];
  let ana: Person;

  beforeAll(async () => {
    // No more of the requests at once than may wait for these connections.
    const settings = { databasePoolSize: 5, requestsAtOnce: 40 };
    const first = await startApp(settings);
    servers = [first, await startApp(settings, first.database)];
    ana = await first.signUp('ana');
  });
  afterAll(async () => {
    await servers[1].close();
    await servers[0].close();
  });

  const create = (index: number, key: string, body: object): Promise<WireAnswer> =>
    send(servers[index % 2]!, '/api/events', { as: ana, body, headers: { 'idempotency-key': key } });

  /** As a client does it: waits and sends again as long as the first is running, or the server has too much to do. */
  async function untilAnswered(call: () => Promise<WireAnswer>): Promise<{ answer: WireAnswer; refusals: number }> {
    for (let refusals = 0; refusals < ATTEMPTS; refusals += 1) {
      const answer = await call();
      if (!['request_running', 'unavailable'].includes(answer.json.code as string)) return { answer, refusals };
      expect(answer.headers.get('retry-after')).toMatch(/^[1-9]$/);
      await sleep(20 + Math.random() * 20);
    }
    throw new Error(`Still running after ${ATTEMPTS} attempts`);
  }

  const written = (title: string): Promise<object[]> =>
    servers[0].database.query(
      `SELECT e.id, (SELECT count(*)::int FROM event_versions v WHERE v.event_id = e.id) AS versions,
              (SELECT count(*)::int FROM notifications n WHERE n.event_id = e.id) AS notified
         FROM events e WHERE title = $1`,
      [title],
    );

  it('32 times the same: one event, one answer, the others are replays of it', async () => {
    const body = { title: 'Once', ...slot(1) };
    const done = await atOnce(32, (index) => untilAnswered(() => create(index, 'the same 32 times', body)));
    const answers = done.map(({ answer }) => answer);
    expect(tally(answers)).toEqual({ 201: 32 });
    expect(new Set(answers.map(({ bytes }) => bytes.toString())).size).toBe(1);
    expect(new Set(answers.map(({ headers }) => headers.get('location'))).size).toBe(1);
    expect(answers.filter(({ headers }) => headers.get('idempotent-replayed') !== 'true')).toHaveLength(1);
    expect(await written('Once')).toEqual([{ id: answers[0]!.json.id, versions: 1, notified: 1 }]);
    await expectInvariants(servers[0].database);
  });

  it('32 different ones with one key: one is done, the others are refused', async () => {
    const bodies = Array.from({ length: 32 }, (_, index) => ({
      title: `Other ${index}`,
      ...slot(10),
      show_as: 'free',
    }));
    const done = await atOnce(32, (index) => untilAnswered(() => create(index, 'one for many', bodies[index]!)));
    expect(tally(done.map(({ answer }) => answer))).toEqual({ 201: 1, 422: 31 });
    const [row] = await servers[0].database.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM events WHERE title LIKE 'Other %'`,
    );
    expect(row!.n).toBe(1);
  });

  it('100 requests that are each sent twice, on few connections: each is done once', async () => {
    const done = await atOnce(200, (index) => {
      const which = Math.floor(index / 2);
      return untilAnswered(() => create(index, `pair ${which}`, { title: `Pair ${which}`, ...slot(100 + which) }));
    });
    expect(tally(done.map(({ answer }) => answer))).toEqual({ 201: 200 });
    const rows = await servers[0].database.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM events WHERE title LIKE 'Pair %' GROUP BY title`,
    );
    expect(rows.map(({ n }) => n)).toEqual(Array.from({ length: 100 }, () => 1));
    await expectInvariants(servers[0].database);
  });

  it('keys for one slot: one wins it, and can be asked for it again; the losers’ keys are free', async () => {
    const keys = Array.from({ length: 16 }, (_, index) => `slot ${index}`);
    const round = (): Promise<WireAnswer[]> =>
      Promise.all(keys.map((key, index) => create(index, key, { title: 'Slot', ...slot(50) })));
    const [first, second] = [await round(), await round()];
    expect(tally(first)).toEqual({ 201: 1, 409: 15 });
    expect(second.map(({ status }) => status)).toEqual(first.map(({ status }) => status));
    const kept = await servers[0].database.query(`SELECT key FROM idempotency_keys WHERE key LIKE 'slot %'`);
    expect(kept).toEqual([{ key: keys[first.findIndex(({ status }) => status === 201)] }]);
    await expectInvariants(servers[0].database);
  });
});

describe('dry runs between real writes', () => {
  it('block nobody permanently, and leave nothing behind', async () => {
    const app = await startApp({ databasePoolSize: 5 });
    try {
      const ana = await app.signUp('ana');
      const answers = await atOnce(60, (index) =>
        send(app, `/api/events${index % 2 ? '?dry_run=true' : ''}`, {
          as: ana,
          body: { title: index % 2 ? 'Dry' : 'Real', ...slot(Math.floor(index / 4)) },
        }),
      );
      expect(answers.filter(({ status }) => ![200, 201, 409].includes(status))).toEqual([]);
      const rows = await app.database.query(`SELECT title, count(*)::int AS n FROM events GROUP BY title`);
      expect(rows).toEqual([{ title: 'Real', n: 15 }]);
      await expectInvariants(app.database);
    } finally {
      await app.close();
    }
  });
});
