import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  changeRole,
  createEvent,
  deleteEvent,
  eraseMe,
  getEvent,
  listChanges,
  restoreEvent,
  revokePermission,
  rollbackEvent,
  shareEvent,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import type { Client } from '../../sdk/generated/client/index.js';
import { Exchanges } from '../../src/platform/database/exchanges.js';
import { PreparedClient } from '../../src/platform/database/prepared-client.js';
import { slot } from '../support/calls.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { HeldAnswers } from '../support/held-answers.js';
import { expectInvariants } from '../support/invariants.js';
import { stopJobs } from '../support/stop-jobs.js';
import { ok, PASSWORD, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

/** Ana and Carol use one server, Ben the other. The server of Ben knows the event after the first edit there. */
let database: TestDatabase;
let here: TestApp;
let there: TestApp;
let ana: Person;
let ben: Person;
let carol: Person;
let id: string;

const event = (): { path: { id: string } } => ({ path: { id } });
const edit = (body: object, as = ben): ReturnType<typeof updateEvent> =>
  updateEvent({ client: as.client, ...event(), body });
const editThere = (body: object): Promise<unknown> => ok(edit(body, ana));
const seen = (): Promise<object> => ok(getEvent({ client: ana.client, ...event() }));

beforeEach(async () => {
  database = await createDatabase();
  // A session that is looked up again, after a second by default, is an exchange.
  here = await startApp({ sessionCacheSeconds: 60 }, database);
  there = await startApp({}, database);
  await stopJobs(here);
  [ana, ben, carol] = [await there.signUp('ana'), await here.signUp('ben'), await there.signUp('carol')];
  ({ id } = await ok(createEvent({ client: ana.client, body: { title: 'Plan', ...slot(1) } })));
  const users = [
    { user_id: ben.id, role: 'editor' as const },
    { user_id: carol.id, role: 'editor' as const },
  ];
  await ok(shareEvent({ client: ana.client, ...event(), body: { users } }));
  await ok(edit({ location: 'Room 1' }));
});
afterEach(async () => {
  await expectInvariants(database);
  await Promise.all([here.close(), there.close()]);
  await database.drop();
});

const counts = async (): Promise<Record<string, number>> => {
  const text = await (await fetch(`${here.url}/metrics`)).text();
  const found = [...text.matchAll(/^convene_known_events_total\{result="(\w+)"\} (\d+)$/gm)];
  return Object.fromEntries(found.map(([, result, count]) => [result, Number(count)]));
};

/** Expects some work on Ben's server to take so many exchanges; otherwise, it says what both servers have sent. */
async function expectExchanges(count: number, work: () => Promise<unknown>): Promise<void> {
  const sent: string[] = [];
  const { exchange, run } = PreparedClient.prototype;
  PreparedClient.prototype.exchange = function (this: PreparedClient, statements) {
    sent.push(statements.map(({ sql }) => (typeof sql === 'string' ? sql : sql.text).trim().slice(0, 60)).join('; '));
    return exchange.call(this, statements);
  };
  PreparedClient.prototype.run = function (this: PreparedClient, sql, parameters) {
    sent.push((typeof sql === 'string' ? sql : sql.text).trim());
    return run.call(this, sql, parameters);
  };
  const exchanges = here.app.get(Exchanges);
  const before = exchanges.total;
  await work().finally(() => Object.assign(PreparedClient.prototype, { exchange, run }));
  expect(exchanges.total - before, sent.join('\n')).toBe(count);
}

describe('an event that a server knows', () => {
  it('is edited in one exchange, and read again after somebody else wrote it', async () => {
    await expectExchanges(1, () => ok(edit({ title: 'Plan 2' })));
    await expectExchanges(1, () => ok(edit(slot(2))));
    expect(await counts()).toEqual({ miss: 1, hit: 2, wrong: 0 });
    await editThere({ description: 'Bring a pen.' });
    expect(await ok(edit({ title: 'Plan 3' }))).toMatchObject({ description: 'Bring a pen.', version: 6 });
    expect(await counts()).toMatchObject({ hit: 3, wrong: 1 });
    // It is not trusted for a while.
    await expectExchanges(2, () => ok(edit({ title: 'Plan 4' })));
  });

  it('is known as it was after a write that was refused', async () => {
    await ok(createEvent({ client: ana.client, body: { title: 'Busy', ...slot(5) } }));
    expect(await refused(edit(slot(5)))).toMatchObject({ status: 409, conflicts: [{ title: null }] });
    expect(await ok(edit({ title: 'Plan 2' }))).toMatchObject({ title: 'Plan 2', version: 3 });
    expect(await refused(edit({ title: '' }))).toMatchObject({ status: 422 });
    expect(await ok(edit({ title: 'Plan 2' }))).toMatchObject({ title: 'Plan 2', version: 3 });
  });

  it('is known as it was after a dry run', async () => {
    const dry = await here.fetch(`/api/events/${id}?dry_run=true`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${ben.accessToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ title: 'Never' }),
    });
    expect(await dry.json()).toMatchObject({ would: { title: 'Never', version: 3 } });
    expect(await ok(edit({ url: 'https://example.com/' }))).toMatchObject({ title: 'Plan', version: 3 });
  });
});

describe('a write of an event that another server has changed since', () => {
  it('keeps both edits', async () => {
    await editThere({ title: 'Plan 2' });
    expect(await ok(edit({ location: 'Room 2' }))).toMatchObject({ title: 'Plan 2', location: 'Room 2', version: 4 });
  });

  it('merges into it, or is refused with what it says now', async () => {
    await editThere({ title: 'Plan 2' });
    const stale = (body: object): ReturnType<typeof updateEvent> =>
      updateEvent({ client: ben.client, ...event(), body, headers: { 'If-Match': '"2"' } });
    expect(await refused(stale({ title: 'Plan 3' }))).toMatchObject({
      status: 412,
      current_version: 3,
      clashes: [{ field: 'title', base: 'Plan', theirs: 'Plan 2', yours: 'Plan 3' }],
    });
    expect(await ok(stale({ location: 'Room 2' }))).toMatchObject({ title: 'Plan 2', location: 'Room 2', version: 4 });
  });

  it('takes a version that this server does not know yet', async () => {
    await editThere({ title: 'Plan 2' });
    const headers = { 'If-Match': '"3"' };
    const { response } = await updateEvent({ client: ben.client, ...event(), body: { title: 'Plan 3' }, headers });
    expect([response.status, response.headers.get('convene-merged')]).toEqual([200, null]);
  });

  it('is refused after its author lost the role', async () => {
    await ok(changeRole({ client: ana.client, path: { id, userId: ben.id }, body: { role: 'viewer' } }));
    expect(await refused(edit({ title: 'No' }))).toMatchObject({ status: 403 });
    await revokePermission({ client: ana.client, path: { id, userId: ben.id } });
    expect(await refused(edit({ title: 'No' }))).toMatchObject({ status: 404 });
    expect(await seen()).toMatchObject({ title: 'Plan', version: 2 });
  });

  it('is refused after it was deleted, and done after it was restored', async () => {
    await deleteEvent({ client: ana.client, ...event() });
    expect(await refused(edit({ title: 'No' }))).toMatchObject({ status: 404 });
    await ok(restoreEvent({ client: ana.client, ...event(), body: {} }));
    expect(await ok(edit({ title: 'Yes' }))).toMatchObject({ title: 'Yes', version: 5 });
  });

  it('changes what a rollback left', async () => {
    await ok(rollbackEvent({ client: ana.client, path: { id, version: 1 }, body: {} }));
    expect(await ok(edit({ title: 'Plan 2' }))).toMatchObject({ title: 'Plan 2', location: null, version: 4 });
  });

  it('reaches the new members, and no former ones', async () => {
    const dan = await there.signUp('dan');
    await ok(shareEvent({ client: ana.client, ...event(), body: { users: [{ user_id: dan.id, role: 'viewer' }] } }));
    await revokePermission({ client: ana.client, path: { id, userId: carol.id } });
    await ok(edit({ title: 'Plan 2' }));
    const lastOf = async ({ client }: Person): Promise<unknown> => (await ok(listChanges({ client }))).items.at(-1);
    expect(await lastOf(dan)).toMatchObject({ type: 'event_updated', event_title: 'Plan 2' });
    expect(await lastOf(carol)).toMatchObject({ type: 'access_revoked' });
  });

  it('reaches the members that the same server added and removed', async () => {
    const dan = await there.signUp('dan');
    await editThere({ title: 'Plan 2' });
    await ok(shareEvent({ client: ana.client, ...event(), body: { users: [{ user_id: dan.id, role: 'editor' }] } }));
    await editThere({ title: 'Plan 3' });
    await revokePermission({ client: ana.client, path: { id, userId: dan.id } });
    await editThere({ title: 'Plan 4' });
    const { items } = await ok(listChanges({ client: dan.client }));
    expect(items.map(({ type }) => type)).toEqual(['access_revoked']);
    expect(await database.query(`SELECT type FROM notifications WHERE user_id = $1 ORDER BY seq`, [dan.id])).toEqual(
      ['event_shared', 'event_updated', 'access_revoked'].map((type) => ({ type })),
    );
  });

  it('is checked against an event with an allowed overlap, which no constraint knows', async () => {
    await ok(createEvent({ client: ana.client, body: { title: 'Own', ...slot(3) } }));
    await ok(createEvent({ client: ana.client, body: { title: 'Also', ...slot(3), on_conflict: 'allow' } }));
    const [own] = await database.query<{ id: string }>(`SELECT id FROM events WHERE title = 'Own'`);
    await deleteEvent({ client: ana.client, path: { id: own!.id } });
    expect(await refused(edit(slot(3)))).toMatchObject({ status: 409 });
    expect(await refused(createEvent({ client: ana.client, body: { title: 'New', ...slot(3) } }))).toMatchObject({
      status: 409,
      conflicts: [{ title: 'Also' }],
    });
  });

  it('is checked against the events of the new owner', async () => {
    await ok(createEvent({ client: ben.client, body: { title: 'Own', ...slot(3) } }));
    await ok(changeRole({ client: ana.client, path: { id, userId: ben.id }, body: { role: 'owner' } }));
    expect(await refused(edit(slot(3)))).toMatchObject({ status: 409, conflicts: [{ title: 'Own' }] });
    expect(await ok(edit(slot(4)))).toMatchObject({ role: 'owner' });
  });

  it('names nobody who was erased', async () => {
    await ok(edit({ title: 'Plan 2' }, carol));
    // Ben's server knows the event as Carol left it.
    await ok(edit({ title: 'Plan 2' }));
    await revokePermission({ client: ana.client, path: { id, userId: carol.id } });
    await ok(edit({ title: 'Plan 2' }));
    await eraseMe({ client: carol.client, body: { password: PASSWORD } });
    const { updated_by: updatedBy } = await ok(edit({ title: 'Plan 2' }));
    expect(updatedBy).toMatchObject({ id: carol.id });
    expect(JSON.stringify(updatedBy)).not.toContain(carol.username);
  });

  it('keeps the edition of the time zone data that was stored since', async () => {
    await database.query(`UPDATE events SET tzdata = '2020a' WHERE id = $1`, [id]);
    await ok(edit({ title: 'Plan 2' }));
    const [row] = await database.query(`SELECT tzdata FROM events WHERE id = $1`, [id]);
    expect(row).not.toEqual({ tzdata: '2020a' });
  });

  it('never takes time that was given away on another server', async () => {
    for (let hour = 10; hour < 20; hour += 1) {
      const all = await Promise.all([
        createEvent({ client: ana.client, body: { title: 'There', ...slot(hour) } }),
        edit(slot(hour)),
        createEvent({ client: here.client(ana.accessToken), body: { title: 'Here', ...slot(hour) } }),
      ]);
      const statuses = all.map(({ response }) => response.status);
      expect(statuses.filter((status) => status < 300)).toHaveLength(1);
      expect(statuses.filter((status) => status === 409)).toHaveLength(2);
    }
  });

  it('loses none of many edits at the same time', async () => {
    const servers = [here, there];
    const titles = Array.from({ length: 40 }, (_, n) => `Plan ${n}`);
    const all = await Promise.all(
      titles.map((title, n) =>
        updateEvent({ client: servers[n % 2]!.client(ana.accessToken), ...event(), body: { title } }),
      ),
    );
    expect(all.map(({ response }) => response.status)).toEqual(titles.map(() => 200));
    const rows = await database.query<{ title: string }>(
      `SELECT snapshot ->> 'title' AS title FROM event_versions WHERE event_id = $1 AND version > 2`,
      [id],
    );
    expect(rows.map(({ title }) => title).sort()).toEqual(titles.sort());
  });
});

describe('each kind of write of an event that another server has changed since', () => {
  const hereAs = (person: Person): Client => here.client(person.accessToken);
  const rename = (client: Client): Promise<unknown> =>
    ok(updateEvent({ client, ...event(), body: { title: 'Known here' } }));
  const member = (): { path: { id: string; userId: string } } => ({ path: { id, userId: carol.id } });

  it.each<[string, (client: Client) => Promise<{ response?: Response }>, string[]]>([
    ['a rollback', (client) => rollbackEvent({ client, path: { id, version: 1 }, body: {} }), ['rolled_back']],
    [
      'a share',
      (client) => shareEvent({ client, ...event(), body: { users: [{ user_id: carol.id, role: 'viewer' }] } }),
      ['role_changed'],
    ],
    ['a new role', (client) => changeRole({ client, ...member(), body: { role: 'viewer' } }), ['role_changed']],
    ['a revocation', (client) => revokePermission({ client, ...member() }), ['revoked']],
    ['a deletion', (client) => deleteEvent({ client, ...event() }), ['deleted']],
    [
      'an edit with a key',
      (client) =>
        updateEvent({ client, ...event(), body: { location: 'Room 9' }, headers: { 'Idempotency-Key': 'one' } }),
      ['updated'],
    ],
    ['a move', (client) => updateEvent({ client, ...event(), body: slot(7) }), ['updated']],
  ])('%s is done once, after it', async (_name, write, kinds) => {
    await rename(hereAs(ana));
    await editThere({ description: 'Changed there' });
    const { response } = await write(hereAs(ana));
    expect(response!.status).toBeLessThan(300);
    const rows = await database.query<{ kind: string }>(
      `SELECT kind FROM (SELECT kind, position FROM event_versions WHERE event_id = $1
                         UNION ALL SELECT kind, position FROM member_changes WHERE event_id = $1) AS history
        ORDER BY position OFFSET 5`,
      [id],
    );
    const after = rows.map(({ kind }) => kind);
    expect(after).toEqual(kinds);
    expect(await counts()).toMatchObject({ wrong: 1 });
  });
});

describe('a write whose answer from the database is lost', () => {
  it('is not repeated', async () => {
    const proxy = await HeldAnswers.before(database.url);
    const app = await startApp({ databaseUrl: proxy.url, databasePrepares: false }, database);
    try {
      const client = app.client(ben.accessToken);
      await ok(updateEvent({ client, ...event(), body: { title: 'Plan 2' } }));
      const held = proxy.hold('require_assumption');
      const lost = updateEvent({ client, ...event(), body: { title: 'Plan 3' } });
      await held;
      await expect.poll(async () => (await seen()) as { title: string }).toMatchObject({ title: 'Plan 3' });
      proxy.drop();
      expect((await lost).response?.status).toBe(503);
      expect(await seen()).toMatchObject({ title: 'Plan 3', version: 4 });
    } finally {
      await app.close();
      proxy.close();
    }
  });
});
