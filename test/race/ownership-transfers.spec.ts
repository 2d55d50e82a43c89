import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeRole, createEvent, revokePermission, shareEvent, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { outcome, type Outcome, slot } from '../support/calls.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { expectInvariants } from '../support/invariants.js';
import { ok, type Person, startApp, type TestApp } from '../support/test-app.js';

let database: TestDatabase;
let servers: TestApp[];
let ana: Person;
let ben: Person;
beforeAll(async () => {
  database = await createDatabase();
  servers = [await startApp({}, database), await startApp({}, database)];
  [ana, ben] = [await servers[0]!.signUp('ana'), await servers[0]!.signUp('ben')];
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
  await database.drop();
});

let nextHour = 0;
async function sharedEvent(owner: Person, guest: Person, hour = nextHour++): Promise<string> {
  const { id } = await ok(createEvent({ client: owner.client, body: { title: `At ${hour}`, ...slot(hour) } }));
  await ok(
    shareEvent({ client: owner.client, path: { id }, body: { users: [{ user_id: guest.id, role: 'editor' }] } }),
  );
  return id;
}

const transferOwnership = (id: string, from: Person, to: Person, server = 0): Promise<Outcome> =>
  outcome(
    changeRole({
      client: servers[server]!.client(from.accessToken),
      path: { id, userId: to.id },
      body: { role: 'owner' },
    }),
  );

const ownerOf = async (id: string): Promise<string | undefined> => {
  const owners = await database.query<{ user_id: string }>(
    `SELECT user_id FROM event_permissions WHERE event_id = $1 AND role = 'owner'`,
    [id],
  );
  expect(owners).toHaveLength(1);
  return owners[0]?.user_id;
};

describe('transferring events in opposite directions at once', () => {
  it('ends for all of 10 pairs with the new owners, and no deadlock reaches anybody', async () => {
    const pairs = await Promise.all(
      Array.from({ length: 10 }, async () => [await sharedEvent(ana, ben), await sharedEvent(ben, ana)] as const),
    );
    const outcomes = await Promise.all(
      pairs.flatMap(([anas, bens], index) => [
        transferOwnership(anas, ana, ben, index % 2),
        transferOwnership(bens, ben, ana, (index + 1) % 2),
      ]),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    for (const [anas, bens] of pairs) {
      expect([await ownerOf(anas), await ownerOf(bens)]).toEqual([ben.id, ana.id]);
    }
    await expectInvariants(database);
  });

  it('of the same hour is refused at least once, and never books anybody twice', async () => {
    const hour = nextHour++;
    const [anas, bens] = [await sharedEvent(ana, ben, hour), await sharedEvent(ben, ana, hour)];
    const outcomes = await Promise.all([transferOwnership(anas, ana, ben), transferOwnership(bens, ben, ana, 1)]);
    expect(outcomes.map(({ status }) => status)).toEqual([409, 409]);
    expect([await ownerOf(anas), await ownerOf(bens)]).toEqual([ana.id, ben.id]);
    await expectInvariants(database);
  });

  it('of one event back and forth, while its time moves: exactly one owner at every moment', async () => {
    const id = await sharedEvent(ana, ben);
    const statuses: number[] = [];
    const toAndFro = async (from: Person, to: Person, server: number): Promise<void> => {
      for (let round = 0; round < 12; round += 1) statuses.push((await transferOwnership(id, from, to, server)).status);
    };
    const move = async (): Promise<void> => {
      for (let round = 0; round < 12; round += 1) {
        const body = slot(1_000 + (round % 3));
        statuses.push((await outcome(updateEvent({ client: ben.client, path: { id }, body }))).status);
      }
    };
    await Promise.all([toAndFro(ana, ben, 0), toAndFro(ben, ana, 1), move(), move()]);
    // 403: he was not the owner at that moment.
    expect(statuses.filter((status) => status !== 200 && status !== 403)).toEqual([]);
    expect([ana.id, ben.id]).toContain(await ownerOf(id));
    await expectInvariants(database);
  });

  it('while the new owner leaves: they own the event or have left, never both', async () => {
    for (let round = 0; round < 8; round += 1) {
      const id = await sharedEvent(ana, ben);
      const leave = outcome(revokePermission({ client: ben.client, path: { id, userId: ben.id } }));
      const [handover, left] = await Promise.all([transferOwnership(id, ana, ben, round % 2), leave]);
      const bensRole = await database.query(`SELECT role FROM event_permissions WHERE event_id = $1 AND user_id = $2`, [
        id,
        ben.id,
      ]);
      const won = handover.status === 200;
      expect([handover.status, left.status]).toEqual(won ? [200, 409] : [404, 204]);
      expect(bensRole).toEqual(won ? [{ role: 'owner' }] : []);
    }
    await expectInvariants(database);
  });
});
