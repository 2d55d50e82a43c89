import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  changeRole,
  createEvent,
  deleteEvent,
  listNotifications,
  restoreEvent,
  revokePermission,
  rollbackEvent,
  shareEvent,
  undoChange,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import { atOnce, outcome, type Outcome, slot, tally } from '../support/calls.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { expectInvariants } from '../support/invariants.js';
import { Chance } from '../support/random.js';
import { SyncedList } from '../support/synced-list.js';
import { ok, type Person, startApp, type TestApp } from '../support/test-app.js';

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

type Client = Person['client'];

/** Everything that can be done to an event, as one random call each. */
const OPERATIONS: ((chance: Chance, client: Client, id: string, person: Person) => Promise<Outcome>)[] = [
  (chance, client, id) => outcome(updateEvent({ client, path: { id }, body: { title: `Title ${chance.below(1e6)}` } })),
  (chance, client, id) => outcome(updateEvent({ client, path: { id }, body: slot(chance.below(12)) })),
  (chance, client, id) =>
    outcome(updateEvent({ client, path: { id }, body: { ...slot(chance.below(12)), on_conflict: 'allow' } })),
  (chance, client, id) =>
    outcome(updateEvent({ client, path: { id }, body: { show_as: chance.pick(['busy', 'free'] as const) } })),
  (_chance, client, id) => outcome(deleteEvent({ client, path: { id } })),
  (_chance, client, id) => outcome(restoreEvent({ client, path: { id }, body: {} })),
  (_chance, client, id) => outcome(restoreEvent({ client, path: { id }, body: { on_conflict: 'allow' } })),
  (chance, client, id) => outcome(rollbackEvent({ client, path: { id, version: 1 + chance.below(6) }, body: {} })),
  (chance, client, id) => outcome(undoChange({ client, path: { id, position: 2 + chance.below(12) }, body: {} })),
  (chance, client, id, person) =>
    outcome(
      shareEvent({
        client,
        path: { id },
        body: { users: [{ user_id: person.id, role: chance.pick(['viewer', 'editor'] as const) }] },
      }),
    ),
  (_chance, client, id, person) => outcome(revokePermission({ client, path: { id, userId: person.id } })),
  (chance, client, id, person) =>
    outcome(
      changeRole({
        client,
        path: { id, userId: person.id },
        body: { role: chance.pick(['viewer', 'editor', 'editor', 'owner'] as const) },
      }),
    ),
];

describe('16 writers doing everything to 8 events of 4 people on two servers', () => {
  it('cause no server error, every invariant holds, and clients that only sync have what a fresh list has', async () => {
    const people = await atOnce(4, () => servers[0]!.signUp('writer'));
    const ids: string[] = [];
    for (const [index, owner] of [...people, ...people].entries()) {
      const { id } = await ok(
        createEvent({ client: owner.client, body: { title: `Event ${index}`, ...slot(index % 12) } }),
      );
      const users = people
        .filter((person) => person !== owner)
        .map(({ id: userId }) => ({ user_id: userId, role: 'editor' as const }));
      await ok(shareEvent({ client: owner.client, path: { id }, body: { users } }));
      ids.push(id);
    }
    const clients = new Map(
      people.map((person) => [person, servers.map((server) => server.client(person.accessToken))] as const),
    );
    const copies = await Promise.all(people.map((person) => SyncedList.read(person, {}, 3)));
    let isWriting = true;
    const syncing = copies.map(async (copy) => {
      while (isWriting) await copy.sync();
    });
    const outcomes = await atOnce(16, async (writer) => {
      const chance = new Chance(writer);
      const done: Outcome[] = [];
      for (let turn = 0; turn < 25; turn += 1) {
        const client = chance.pick(clients.get(chance.pick(people))!);
        done.push(await chance.pick(OPERATIONS)(chance, client, chance.pick(ids), chance.pick(people)));
      }
      return done;
    });
    isWriting = false;
    await Promise.all(syncing);
    for (const copy of copies) {
      await copy.sync();
      expect(copy.contents()).toEqual(await copy.fresh());
    }
    const counts = tally(outcomes.flat());
    expect(
      Object.keys(counts).filter((status) => !['200', '204', '403', '404', '409', '410', '422'].includes(status)),
    ).toEqual([]);
    expect((counts[200] ?? 0) + (counts[204] ?? 0)).toBeGreaterThan(100);
    await expectInvariants(database);
  });
});

describe('sharing, revoking and editing one event at once', () => {
  it('notifies every person of all changes while they were a member, and of nothing else', async () => {
    const [owner, editor] = [await servers[0]!.signUp('owner'), await servers[0]!.signUp('editor')];
    const guests = await atOnce(3, () => servers[0]!.signUp('guest'));
    const { id } = await ok(createEvent({ client: owner.client, body: { title: 'Open house', ...slot(100) } }));
    const path = { id };
    await ok(shareEvent({ client: owner.client, path, body: { users: [{ user_id: editor.id, role: 'editor' }] } }));

    const edits = [owner, editor].map(async (person, side) => {
      for (let turn = 0; turn < 25; turn += 1) {
        const client = servers[side]!.client(person.accessToken);
        await ok(updateEvent({ client, path, body: { title: `${side} says ${turn}` } }));
      }
    });
    const comings = guests.map(async (guest, index) => {
      const client = servers[index % 2]!.client(owner.accessToken);
      for (let turn = 0; turn < 8; turn += 1) {
        await ok(shareEvent({ client, path, body: { users: [{ user_id: guest.id, role: 'viewer' }] } }));
        const left = await outcome(revokePermission({ client, path: { id, userId: guest.id } }));
        expect(left.status).toBe(204);
      }
    });
    await Promise.all([...edits, ...comings]);
    // Compares every inbox with the replayed history, item by item.
    await expectInvariants(database);

    const [{ version }] = (await database.query<{ version: number }>(`SELECT version FROM events WHERE id = $1`, [
      id,
    ])) as [{ version: number }];
    expect(version).toBe(51);
    const inbox = await ok(listNotifications({ client: editor.client, query: { limit: 200 } }));
    expect(inbox.items.map(({ seq }) => seq)).toEqual(
      Array.from(inbox.items, (_, index) => inbox.items.length - index),
    );
    // 1 + 24 shares and 24 removals, 50 edits.
    expect(inbox.items).toHaveLength(99);
    for (const guest of guests) {
      const told = await ok(listNotifications({ client: guest.client, query: { limit: 200 } }));
      // All that is left of the event.
      expect(told.items.map(({ type }) => type)).toEqual(Array.from({ length: 8 }, () => 'access_revoked'));
    }
  });
});
