import { setImmediate as turn } from 'node:timers/promises';
import pLimit from 'p-limit';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { slot } from '../support/calls.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { expectInvariants } from '../support/invariants.js';
import { PlainClient, type PlainPerson } from '../support/plain-client.js';
import { Chance } from '../support/random.js';
import { startApp, type TestApp } from '../support/test-app.js';

const EVENTS = 250;
const EDITORS_PER_EVENT = 4;
const CONCURRENT_EVENTS = 4;
const SEED = Number(process.env['REVOCATIONS_SEED'] ?? Date.now() % 1_000_000);

let database: TestDatabase;
let servers: TestApp[];
let owner: PlainPerson;
let editors: PlainPerson[];
beforeAll(async () => {
  database = await createDatabase();
  servers = [await startApp({}, database), await startApp({}, database)];
  owner = await client(0).signUp('host');
  editors = await Promise.all(Array.from({ length: EDITORS_PER_EVENT }, () => client(0).signUp('writer')));
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
  await database.drop();
});

const client = (server: number): PlainClient => new PlainClient(servers[server]!.url);

async function createShared(batch: number): Promise<string[]> {
  const events = Array.from({ length: batch }, (_, n) => ({ title: `Event ${n}`, ...slot(n), show_as: 'free' }));
  const { token } = owner;
  const { body } = await client(0).call<{ items: { id: string }[] }>('POST', '/api/events/batch', {
    token,
    body: { events },
  });
  const users = editors.map(({ id }) => ({ user_id: id, role: 'editor' }));
  for (const { id } of body.items) {
    expect((await client(0).call('POST', `/api/events/${id}/share`, { token, body: { users } })).status).toBe(200);
  }
  return body.items.map(({ id }) => id);
}

/** What an editor sent until the event was gone for them. */
interface Writes {
  acknowledged: number;
  /** Responses to requests that were sent after the response to the revocation had arrived. */
  late: number[];
}

describe('1,000 revocations that race the updates of those whose access they end', () => {
  it('are followed by no write of theirs, on two servers', async () => {
    onTestFailed(() => console.error(`REVOCATIONS_SEED=${SEED}`));
    let [acknowledged, late] = [0, 0];

    const writeUntilRevoked = async (id: string, editor: PlainPerson, chance: Chance, revoked: Set<string>) => {
      const writes: Writes = { acknowledged: 0, late: [] };
      for (let attempt = 0; ; attempt += 1) {
        const isLate = revoked.has(editor.id);
        const [method, path, body] =
          chance.next() < 0.9
            ? ['PATCH', `/api/events/${id}`, { title: `${editor.username} ${attempt}` }]
            : ['POST', `/api/events/${id}/rollback/1`, {}];
        const { status } = await client(chance.below(2)).call(method, path, { token: editor.token, body });
        if (isLate) writes.late.push(status);
        if (status === 404) return writes;
        expect(status).toBe(200);
        writes.acknowledged += 1;
      }
    };

    const race = async (id: string, index: number): Promise<void> => {
      const chance = new Chance(SEED + index);
      const revoked = new Set<string>();
      const writers = editors.map((editor, n) =>
        writeUntilRevoked(id, editor, new Chance(SEED + 1_000 * (n + 1) + index), revoked),
      );
      for (const { id: editorId } of editors) {
        for (let turns = chance.below(8); turns > 0; turns -= 1) await turn();
        const path = `/api/events/${id}/permissions/${editorId}`;
        const { status } = await client(chance.below(2)).call('DELETE', path, { token: owner.token });
        revoked.add(editorId);
        expect(status).toBe(204);
      }
      for (const writes of await Promise.all(writers)) {
        acknowledged += writes.acknowledged;
        late += writes.late.length;
        expect(writes.late.filter((status) => status !== 404)).toEqual([]);
      }
    };

    const limit = pLimit(CONCURRENT_EVENTS);
    const ids = await createShared(EVENTS);
    await Promise.all(ids.map((id, index) => limit(() => race(id, index))));

    const revocations = `SELECT c.event_id, c.position, (member ->> 'userId')::uuid AS user_id, c.created_at
      FROM member_changes c, jsonb_array_elements(c.members) AS member WHERE c.kind = 'revoked'`;
    const [counts] = await database.query<{ revocations: number; writesAfter: number; writes: number }>(
      `WITH revocations AS (${revocations})
       SELECT (SELECT count(*)::int FROM revocations) AS revocations,
         (SELECT count(*)::int FROM event_versions v JOIN revocations r
             ON r.event_id = v.event_id AND r.user_id = v.author_id
          WHERE v.position > r.position OR v.created_at > r.created_at) AS "writesAfter",
         (SELECT count(*)::int FROM event_versions v JOIN revocations r
             ON r.event_id = v.event_id AND r.user_id = v.author_id) AS writes`,
    );
    expect(counts).toMatchObject({ revocations: EVENTS * EDITORS_PER_EVENT, writesAfter: 0 });
    // A rollback that changes nothing is acknowledged and writes nothing.
    expect(counts!.writes).toBeLessThanOrEqual(acknowledged);
    expect(counts!.writes).toBeGreaterThan(EVENTS);
    await expectInvariants(database);
    console.log(`${counts!.writes} writes before, ${late} requests after the revocations, seed ${SEED}`);
  });
});
