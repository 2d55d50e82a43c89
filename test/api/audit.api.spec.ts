import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  changeRole,
  createEvent,
  createEvents,
  deleteEvent,
  endSession,
  eraseMe,
  getEvent,
  listAudit,
  login,
  logout,
  refresh,
  restoreEvent,
  revokePermission,
  rollbackEvent,
  shareEvent,
  updateEvent,
  updateMe,
} from '../../sdk/generated/sdk.gen.js';
import type { AuditEntryView, ListAuditData } from '../../sdk/generated/types.gen.js';
import { AuditPartitionsService } from '../../src/audit/audit-partitions.service.js';
import { AUDIT_KIND_NAMES, AUDIT_KINDS } from '../../src/audit/audit-kinds.js';
import { AuditTrail } from '../../src/audit/audit-trail.js';
import { slot } from '../support/calls.js';
import { done } from '../support/requests.js';
import { ok, PASSWORD, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

/** The trail of a person, oldest first, with what was collected. */
async function trailOf(person: Person, query: ListAuditData['query'] = {}): Promise<AuditEntryView[]> {
  await app.app.get(AuditTrail).flush();
  const { items } = await ok(listAudit({ client: person.client, query: { limit: 200, ...query } }));
  return items.reverse();
}
const kindsOf = (entries: AuditEntryView[]): string[] => entries.map(({ kind }) => kind);
const makeAdmin = (person: Person): Promise<unknown> =>
  app.database.query(`UPDATE users SET role = 'admin' WHERE id = $1`, [person.id]);
async function signIn(person: Person): Promise<Person> {
  const tokens = await ok(login({ client: app.client(), body: { username: person.username, password: PASSWORD } }));
  return {
    ...person,
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token,
    client: app.client(tokens.access_token),
  };
}
const newEvent = (owner: Person, hour = 1): Promise<{ id: string }> =>
  ok(createEvent({ client: owner.client, body: { title: 'Team meeting', show_as: 'free', ...slot(hour) } }));

describe('GET /api/audit', () => {
  it('lists sign-ins, good and bad, and sign-outs, with where they came from', async () => {
    const ana = await app.signUp('ana');
    await refused(login({ client: app.client(), body: { username: ana.username, password: 'not the password' } }));
    const again = await signIn(ana);
    const third = await signIn(ana);
    await done(logout({ client: again.client, body: {} }));
    await done(logout({ client: third.client, body: { all: true } }));
    const last = await signIn(ana);

    const trail = await trailOf(last);
    expect(kindsOf(trail)).toEqual([
      'registered',
      'sign_in_failed',
      'signed_in',
      'signed_in',
      'signed_out',
      'signed_out',
      'signed_in',
    ]);
    const person = { id: ana.id, username: ana.username };
    expect(trail[0]).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
      at: expect.any(String),
      kind: 'registered',
      outcome: 'ok',
      actor: person,
      subject: null,
      event_id: null,
      address: '127.0.0.1',
      user_agent: 'node',
      session_id: expect.any(String),
      request_id: expect.any(String),
      details: {},
    });
    // Somebody else may have been at it, whose address is not for Ana.
    expect(trail[1]).toMatchObject({
      outcome: 'refused',
      actor: null,
      subject: person,
      address: null,
      user_agent: null,
    });
    expect(trail.filter(({ kind }) => kind === 'signed_out').map(({ details }) => details)).toEqual([
      { sessions: 1 },
      { sessions: 2 },
    ]);
    expect(trail[4]!.session_id).toBe(trail[2]!.session_id);
  });

  it('lists a stolen token, an ended device and changes of the account', async () => {
    const ana = await app.signUp('ana');
    const robbed = await signIn(ana);
    const token = async (refreshToken: string): Promise<string> =>
      (await ok(refresh({ client: app.client(), body: { refresh_token: refreshToken } }))).refresh_token;
    await token(await token(await token(robbed.refreshToken)));
    await refused(refresh({ client: app.client(), body: { refresh_token: robbed.refreshToken } }));
    const other = await signIn(ana);
    const { session_id: otherSession } = (await trailOf(other, { kind: 'signed_in' })).at(-1)!;
    await done(endSession({ client: ana.client, path: { id: otherSession! } }));
    await signIn(ana);
    await ok(updateMe({ client: ana.client, body: { password: 'another horse 8', current_password: PASSWORD } }));
    await ok(
      updateMe({ client: ana.client, body: { email: `new-${ana.email}`, current_password: 'another horse 8' } }),
    );

    const trail = await trailOf(ana);
    expect(kindsOf(trail)).toEqual([
      'registered',
      'signed_in',
      'token_theft',
      'signed_in',
      'session_ended',
      'signed_in',
      'password_changed',
      'session_ended',
      'email_changed',
    ]);
    expect(trail[2]).toMatchObject({ outcome: 'refused', actor: null, subject: { id: ana.id } });
    expect(trail[4]).toMatchObject({ details: { session: otherSession, sessions: 1 } });
  });

  it('lists every write of an event with its version', async () => {
    const ana = await app.signUp('ana');
    const { id } = await newEvent(ana);
    await ok(updateEvent({ client: ana.client, path: { id }, body: { title: 'Renamed' } }));
    await ok(rollbackEvent({ client: ana.client, path: { id, version: 1 } }));
    await done(deleteEvent({ client: ana.client, path: { id } }));
    await ok(restoreEvent({ client: ana.client, path: { id } }));
    const events = [1, 2, 3].map((hour) => ({ title: 'One of three', show_as: 'free' as const, ...slot(hour) }));
    await ok(createEvents({ client: ana.client, body: { events } }));

    expect((await trailOf(ana, { event_id: id })).map(({ kind, details }) => [kind, details])).toEqual([
      ['event_created', { version: 1 }],
      ['event_updated', { version: 2 }],
      ['event_rolled_back', { version: 3 }],
      ['event_deleted', { version: 4 }],
      ['event_restored', { version: 5 }],
    ]);
    const created = await trailOf(ana, { kind: 'event_created' });
    expect(created).toHaveLength(4);
    expect(new Set(created.slice(1).map(({ request_id: request }) => request)).size).toBe(1);
  });

  it('lists nothing of a dry run or of a write that is refused', async () => {
    const ana = await app.signUp('ana');
    await ok(
      createEvent({
        client: ana.client,
        query: { dry_run: true } as never,
        body: { title: 'Not stored', ...slot(7) },
      }) as never,
    );
    await ok(createEvent({ client: ana.client, body: { title: 'Stored', ...slot(7) } }));
    await refused(createEvent({ client: ana.client, body: { title: 'Conflicts', ...slot(7) } }));
    expect(kindsOf(await trailOf(ana))).toEqual(['registered', 'event_created']);
  });

  it('lists changes of roles for the owner and for the member, who does not see where the owner was', async () => {
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    const { id } = await newEvent(ana);
    await ok(shareEvent({ client: ana.client, path: { id }, body: { username: ben.username, role: 'viewer' } }));
    await ok(changeRole({ client: ana.client, path: { id, userId: ben.id }, body: { role: 'owner' } }));
    await done(revokePermission({ client: ben.client, path: { id, userId: ana.id } }));

    const expected = [
      ['shared', ana.id, ben.id, { version: 1, from: null, to: 'viewer' }],
      ['ownership_transferred', ana.id, ben.id, { version: 1, from: 'viewer', to: 'owner' }],
    ];
    const tell = ({ kind, actor, subject, details }: AuditEntryView): unknown[] => [
      kind,
      actor?.id,
      subject?.id,
      details,
    ];
    const ofBen = await trailOf(ben, { event_id: id });
    expect(ofBen.filter(({ actor }) => actor?.id === ana.id).map(tell)).toEqual(expected);
    for (const entry of ofBen.filter(({ actor }) => actor?.id === ana.id)) {
      expect(entry).toMatchObject({ address: null, user_agent: null, session_id: null, request_id: null });
    }
    const ofAna = await trailOf(ana, { event_id: id });
    expect(ofAna.map(tell)).toEqual(
      expect.arrayContaining([...expected, ['revoked', ben.id, ana.id, expect.objectContaining({ to: null })]]),
    );
    expect(ofAna.find(({ kind }) => kind === 'shared')).toMatchObject({ address: '127.0.0.1' });
  });

  it('lists refusals alike for a hidden event and for one that does not exist', async () => {
    const [ana, ben, eve] = [await app.signUp('ana'), await app.signUp('ben'), await app.signUp('eve')];
    const { id } = await newEvent(ana);
    await ok(shareEvent({ client: ana.client, path: { id }, body: { username: ben.username, role: 'viewer' } }));
    await refused(updateEvent({ client: ben.client, path: { id }, body: { title: 'Mine now' } }));
    const absent = randomUUID();
    for (const one of [id, absent]) {
      await refused(getEvent({ client: eve.client, path: { id: one } }));
      await refused(updateEvent({ client: eve.client, path: { id: one }, body: { title: 'Mine now' } }));
    }
    const tell = ({ event_id: event, outcome, details }: AuditEntryView): unknown => ({ event, outcome, ...details });
    expect((await trailOf(ben, { kind: 'refused' })).map(tell)).toEqual([
      { event: id, outcome: 'refused', method: 'PUT', route: '/api/events/:id', status: 403 },
    ]);
    const read = { outcome: 'refused', method: 'GET', route: '/api/events/:id', status: 404 };
    expect((await trailOf(eve, { kind: 'refused' })).map(tell)).toEqual(
      [id, absent].flatMap((event) => [
        { event, ...read },
        { event, ...read, method: 'PUT' },
      ]),
    );
    // The owner does not learn who tried.
    expect(kindsOf(await trailOf(ana))).not.toContain('refused');
  });

  it('pages by cursor and by number, filters by time, and rejects other cursors', async () => {
    const ana = await app.signUp('ana');
    for (let n = 0; n < 6; n += 1) await newEvent(ana, n);
    const seen: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const page = await ok(listAudit({ client: ana.client, query: { limit: 2, ...(cursor ? { cursor } : {}) } }));
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.next_cursor;
    }
    const trail = await trailOf(ana);
    expect(seen).toEqual(trail.map(({ id }) => id).reverse());
    expect(seen).toHaveLength(7);
    const second = await ok(listAudit({ client: ana.client, query: { page: 2, page_size: 3 } }));
    expect(second).toMatchObject({ total: 7, pages: 3, page: 2, items: seen.slice(3, 6).map((id) => ({ id })) });
    const { at } = trail[3]!;
    expect((await trailOf(ana, { from: at })).length + (await trailOf(ana, { to: at })).length).toBe(7);
    const { errors } = await refused(listAudit({ client: ana.client, query: { cursor: 'bm8', from: 'soon' } }));
    expect(errors).toHaveLength(1);
    await expect(
      refused(listAudit({ client: ana.client, query: { kind: 'nothing' as never } })),
    ).resolves.toMatchObject({ status: 422 });
  });

  it('shows an administrator everything, of everybody or of one person', async () => {
    const [root, ana] = [await app.signUp('chief'), await app.signUp('ana')];
    await makeAdmin(root);
    const chief = await signIn(root);
    await refused(login({ client: app.client(), body: { username: ana.username, password: 'not the password' } }));
    const { id } = await newEvent(ana);
    const ofAna = await trailOf(chief, { user_id: ana.id });
    expect(kindsOf(ofAna)).toEqual(['registered', 'sign_in_failed', 'event_created']);
    expect(ofAna.map(({ address }) => address)).toEqual(['127.0.0.1', '127.0.0.1', '127.0.0.1']);
    expect(await trailOf(chief, { event_id: id })).toHaveLength(1);
    const all = await ok(listAudit({ client: chief.client, query: { page: 1 } }));
    expect(all.total).toBeGreaterThan(20);
    await expect(refused(listAudit({ client: ana.client, query: { user_id: root.id } }))).resolves.toMatchObject({
      status: 403,
    });
  });

  it('names the request of an erasure also where somebody else gets the events', async () => {
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    const { id } = await newEvent(ana);
    await ok(shareEvent({ client: ana.client, path: { id }, body: { username: ben.username, role: 'editor' } }));
    await done(eraseMe({ client: ana.client, body: { password: ana.password } }));
    const rows = await app.database.query<{ kind: string; request: string | null }>(
      `SELECT kind, request_id AS request FROM audit_entries
        WHERE actor_id = $1 AND kind IN ('account_erased', 'ownership_transferred', 'revoked') ORDER BY kind`,
      [ana.id],
    );
    expect([...new Set(rows.map(({ kind }) => kind))]).toEqual(['account_erased', 'ownership_transferred', 'revoked']);
    expect([...new Set(rows.map(({ request }) => request))]).toEqual([expect.any(String)]);
  });

  it('forgets where an erased person was, and keeps what they did', async () => {
    const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
    const { id } = await newEvent(ana);
    await ok(shareEvent({ client: ana.client, path: { id }, body: { username: ben.username, role: 'editor' } }));
    await refused(login({ client: app.client(), body: { username: ana.username, password: 'not the password' } }));
    await app.app.get(AuditTrail).flush();
    await done(eraseMe({ client: ana.client, body: { password: ana.password } }));
    await app.app.get(AuditTrail).flush();
    const rows = await app.database.query<{ kind: string; address: string | null; user_agent: string | null }>(
      `SELECT kind, address, user_agent FROM audit_entries WHERE actor_id = $1 OR subject_id = $1 AND actor_id IS NULL`,
      [ana.id],
    );
    expect(rows.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['registered', 'event_created', 'shared', 'sign_in_failed', 'account_erased']),
    );
    expect(rows.filter(({ address, user_agent: agent }) => address !== null || agent !== null)).toEqual([]);
    const [shared] = await trailOf(ben, { kind: 'shared' });
    expect(shared).toMatchObject({ actor: { id: ana.id, username: 'Deleted user' } });
  });
});

describe('the audit trail', () => {
  it.each([
    `UPDATE audit_entries SET kind = 'signed_in'`,
    `UPDATE audit_entries SET address = NULL`,
    'DELETE FROM audit_entries',
    'TRUNCATE audit_entries',
  ])('refuses %s', async (sql) => {
    await app.signUp();
    const [{ partition }] = (await app.database.query(
      `SELECT tableoid::regclass::text AS partition FROM audit_entries LIMIT 1`,
    )) as [{ partition: string }];
    await app.database.query('GRANT ALL ON audit_entries TO CURRENT_USER');
    await app.database.query(`GRANT ALL ON ${partition} TO CURRENT_USER`);
    for (const table of ['audit_entries', partition]) {
      await expect(app.database.query(sql.replace('audit_entries', table))).rejects.toThrow('never rewritten');
    }
  });

  it('creates the partitions of the coming months, and drops those that are too old', async () => {
    const partitions = async (): Promise<string[]> =>
      (
        await app.database.query<{ name: string }>(
          `SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'audit_entries'::regclass ORDER BY 1`,
        )
      ).map(({ name }) => name);
    const before = await partitions();
    expect(before).toHaveLength(5);
    await app.database.query(
      `SELECT add_audit_partition('audit_entries_2020_01', $$FOR VALUES FROM ('2020-01-01Z') TO ('2020-02-01Z')$$)`,
    );
    await app.database.query(
      `INSERT INTO audit_entries (id, at, kind, outcome) VALUES ($1, '2020-01-07', 'signed_in', 'ok')`,
      [randomUUID()],
    );
    await app.database.query(`DROP TABLE ${before[1]}`);
    expect(await app.app.get(AuditPartitionsService).maintain()).toBe(1);
    expect(await partitions()).toEqual(before);
    expect(await app.app.get(AuditPartitionsService).maintain()).toBe(0);
  });

  it('takes entries of a clock that is wrong, and drops them too', async () => {
    await app.database.query(
      `INSERT INTO audit_entries (id, at, kind, outcome) VALUES ($1, '2019-01-07', 'signed_in', 'ok')`,
      [randomUUID()],
    );
    expect(await app.app.get(AuditPartitionsService).maintain()).toBe(1);
    expect(await app.database.query('SELECT id FROM audit_entries_default')).toEqual([]);
  });

  it('writes what was collected when the server stops', async () => {
    const other = await startApp({}, app.database);
    const eve = await other.signUp('eve');
    await refused(getEvent({ client: eve.client, path: { id: randomUUID() } }));
    await other.close();
    const rows = await app.database.query(`SELECT id FROM audit_entries WHERE kind = 'refused' AND actor_id = $1`, [
      eve.id,
    ]);
    expect(rows).toHaveLength(1);
  });

  it('has keys for the details of every kind', () => {
    expect(AUDIT_KIND_NAMES.length).toBeGreaterThan(15);
    expect(
      Object.values(AUDIT_KINDS)
        .flat()
        .filter((key) => !/^[a-z_]+$/.test(key)),
    ).toEqual([]);
  });
});
