import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvent, createEvents, listEvents } from '../../sdk/generated/sdk.gen.js';
import { atOnce, outcome, slot, tally } from '../support/calls.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { expectInvariants } from '../support/invariants.js';
import { ok, startApp, type TestApp } from '../support/test-app.js';

let database: TestDatabase;
let servers: TestApp[];
beforeAll(async () => {
  database = await createDatabase();
  servers = [await startApp({}, database), await startApp({}, database)];
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
  await database.drop();
});

const eventsOf = (userId: string) =>
  database.query<{ id: string }>(
    `SELECT e.id FROM events e JOIN event_permissions p ON p.event_id = e.id WHERE p.user_id = $1`,
    [userId],
  );

describe('parallel creates of one slot', () => {
  it.each([
    ['one server', 1],
    ['two servers over one database', 2],
  ])('give it to exactly one of 32 on %s', async (_name, count) => {
    const ana = await servers[0]!.signUp('ana');
    const clients = servers.slice(0, count).map((server) => server.client(ana.accessToken));
    const outcomes = await atOnce(32, (index) =>
      outcome(createEvent({ client: clients[index % count]!, body: { title: `Try ${index}`, ...slot(10) } })),
    );
    expect(tally(outcomes)).toEqual({ 201: 1, 409: 31 });

    const winner = outcomes.find(({ status }) => status === 201)!.body;
    for (const { body } of outcomes.filter(({ status }) => status === 409)) {
      expect(body).toMatchObject({
        code: 'event_conflict',
        conflicts: [{ event_id: winner.id, title: winner.title, start_time: winner.start_time }],
      });
    }
    expect(await eventsOf(ana.id)).toEqual([{ id: winner.id }]);
    expect(await database.query(`SELECT seq FROM notifications WHERE user_id = $1`, [ana.id])).toEqual([{ seq: 1 }]);
    await expectInvariants(database);
  });

  it('check each owner separately: the same slot of 16 people does not conflict', async () => {
    const people = await atOnce(16, () => servers[0]!.signUp('solo'));
    const outcomes = await Promise.all(
      people.map(({ client }) => outcome(createEvent({ client, body: { title: 'Mine', ...slot(10) } }))),
    );
    expect(tally(outcomes)).toEqual({ 201: 16 });
  });

  it('store overlapping hours only where nothing conflicts', async () => {
    const ana = await servers[0]!.signUp('ana');
    // Each half hour later than the one before: no two neighbours can both be stored.
    const outcomes = await atOnce(24, (index) => {
      const start = Date.UTC(2030, 0, 1, 0, 30 * index);
      const times = { start_time: new Date(start).toISOString(), end_time: new Date(start + 3_600_000).toISOString() };
      const client = servers[index % 2]!.client(ana.accessToken);
      return outcome(createEvent({ client, body: { title: `Half hour ${index}`, ...times } }));
    });
    const won = outcomes.map(({ status }) => status === 201);
    expect(outcomes.every(({ status }) => status === 201 || status === 409)).toBe(true);
    expect(won.some((one, index) => one && won[index + 1])).toBe(false);
    // Whoever lost had a neighbour that won.
    expect(won.every((one, index) => one || won[index - 1] || won[index + 1])).toBe(true);
    await expectInvariants(database);
  });
});

describe('parallel batches', () => {
  it('that overlap: one is stored whole, nothing of the others', async () => {
    const ana = await servers[0]!.signUp('ana');
    // Each batch meets each other one, in one event only and in another order.
    const batches = [
      [1, 2, 3, 4, 5],
      [5, 6, 7, 8, 1],
      [8, 9, 10, 4, 5],
    ];
    const outcomes = await Promise.all(
      batches.map((hours, index) =>
        outcome(
          createEvents({
            client: servers[index % 2]!.client(ana.accessToken),
            body: { events: hours.map((hour) => ({ title: `Batch ${index} at ${hour}`, ...slot(hour) })) },
          }),
        ),
      ),
    );
    expect(tally(outcomes)).toEqual({ 201: 1, 409: 2 });
    const winner = outcomes.findIndex(({ status }) => status === 201);
    const { items } = await ok(listEvents({ client: ana.client }));
    const titles = items.map(({ title }) => title).sort();
    expect(titles).toEqual(batches[winner]!.map((hour) => `Batch ${winner} at ${hour}`).sort());
    expect(await eventsOf(ana.id)).toHaveLength(5);
    const [versions] = await database.query<{ count: number }>(
      `SELECT count(*)::int FROM event_versions WHERE author_id = $1`,
      [ana.id],
    );
    expect(versions).toEqual({ count: 5 });
    await expectInvariants(database);
  });
});
