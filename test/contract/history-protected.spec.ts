import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createEvent, deleteEvent, restoreEvent, shareEvent, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { hourOn } from '../support/meetings.js';
import { ok, type Person, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let ana: Person;
let ben: Person;
let eventId: string;
let before: string;
let day = 0;

beforeAll(async () => {
  app = await startApp();
  [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
});
afterAll(() => app.close());

beforeEach(async () => {
  day += 1;
  eventId = (await ok(createEvent({ client: ana.client, body: { title: 'Team meeting', ...hourOn(day) } }))).id;
  const path = { id: eventId };
  await ok(shareEvent({ client: ana.client, path, body: { users: [{ user_id: ben.id, role: 'editor' }] } }));
  before = await everything();
});

const everything = async (): Promise<string> =>
  JSON.stringify(
    await app.database.query(
      `SELECT (SELECT jsonb_agg(e) FROM events e WHERE id = $1) AS event,
              (SELECT jsonb_agg(v ORDER BY version) FROM event_versions v WHERE event_id = $1) AS versions,
              (SELECT jsonb_agg(c ORDER BY position) FROM member_changes c WHERE event_id = $1) AS changes,
              (SELECT jsonb_agg(p ORDER BY user_id) FROM event_permissions p WHERE event_id = $1) AS people`,
      [eventId],
    ),
  );

/** Runs the statements in one transaction as the server's own role. Returns why and where they were refused; null when they were not. */
async function refusal(...statements: string[]): Promise<{ at: string; why: string } | null> {
  const client = await app.database.pool.connect();
  try {
    await client.query('BEGIN');
    for (const sql of [...statements, 'COMMIT']) {
      const why = await client.query(sql.replaceAll('$event', `'${eventId}'`)).then(() => null, String);
      // What locks whole tables meets the work that the server does by itself; that says nothing about what is refused.
      if (why?.includes('deadlock detected')) break;
      if (why !== null) return { at: sql === 'COMMIT' ? sql : sql.slice(0, 6), why };
      if (sql === 'COMMIT') return null;
    }
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
  return refusal(...statements);
}

const TABLES = ['event_versions', 'member_changes'];
const WRITES: [sql: string, table: string][] = TABLES.flatMap((table): [string, string][] => [
  [`UPDATE ${table} SET created_at = now() WHERE event_id = $event`, table],
  [`DELETE FROM ${table} WHERE event_id = $event`, table],
  [`TRUNCATE ${table}`, table],
]);

describe('history', () => {
  it('belongs to a role that is nobody special', async () => {
    const [role] = await app.database.query(
      `SELECT rolsuper AS super, rolbypassrls AS bypass, rolcreaterole AS roles FROM pg_roles WHERE rolname = current_user`,
    );
    expect(role).toEqual({ super: false, bypass: false, roles: false });
  });

  it.each(TABLES)('gives the server no right to change or remove rows of %s', async (table) => {
    const [rights] = await app.database.query(
      `SELECT has_table_privilege($1, 'SELECT') AS read, has_table_privilege($1, 'INSERT') AS add,
              has_table_privilege($1, 'UPDATE') AS change, has_table_privilege($1, 'DELETE') AS remove,
              has_table_privilege($1, 'TRUNCATE') AS empty, has_any_column_privilege($1, 'UPDATE') AS change_column`,
      [table],
    );
    expect(rights).toEqual({
      read: true,
      add: true,
      change: false,
      remove: false,
      empty: false,
      change_column: false,
    });
  });

  it.each(WRITES)('refuses %s', async (sql, table) => {
    expect(await refusal(sql)).toEqual({
      at: sql.slice(0, 6),
      why: `error: permission denied for table ${table}`,
    });
    expect(await everything()).toBe(before);
  });

  it.each(WRITES)('refuses %s also to a role that has given itself every right', async (sql, table) => {
    expect(await refusal(`GRANT ALL ON ${table} TO CURRENT_USER`, sql)).toEqual({
      at: sql.slice(0, 6),
      why: expect.stringMatching(new RegExp(`history is never rewritten: (UPDATE|DELETE|TRUNCATE) of ${table}`)),
    });
    expect(await everything()).toBe(before);
  });

  it('keeps the people that it names', async () => {
    expect((await refusal('DELETE FROM users'))?.why).toContain('people are never removed, only erased');
    expect(await everything()).toBe(before);
  });

  it('keeps its triggers on for replication as well', async () => {
    const triggers = await app.database.query<{ enabled: string }>(
      `SELECT tgenabled AS enabled FROM pg_trigger WHERE tgname LIKE '%\\_never\\_%'`,
    );
    expect(triggers.length).toBeGreaterThan(10);
    expect(new Set(triggers.map(({ enabled }) => enabled))).toEqual(new Set(['A']));
  });
});

describe('TRUNCATE, which calls no trigger of a row', () => {
  /** Every table but that of the migrations themselves. Partitions are tables as well. */
  const tables = async (): Promise<string[]> => {
    const rows = await app.database.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relname <> 'schema_migrations'`,
    );
    return rows.map(({ name }) => name);
  };

  const GRANT_ALL = 'GRANT ALL ON ALL TABLES IN SCHEMA public TO CURRENT_USER';

  it('is refused for every table, also to a role that has given itself every right', async () => {
    const names = await tables();
    const held = ['events', 'users', 'event_permissions', 'event_occupancy', 'notifications', 'audit_entries_default'];
    expect(names).toEqual(expect.arrayContaining(held));
    for (const name of names) {
      const why = (await refusal(`TRUNCATE ${name}`))?.why;
      expect([name, why]).toEqual([name, expect.stringMatching(/permission denied|foreign key/)]);
      // With what refers to it, which would not let it be emptied otherwise.
      const forced = (await refusal(GRANT_ALL, `TRUNCATE ${name} CASCADE`))?.why;
      expect([name, forced]).toEqual([name, expect.stringMatching(/never (rewritten|removed all at once)/)]);
    }
    expect(await everything()).toBe(before);
  });

  it('is refused for a table of the history that is emptied with another', async () => {
    const others = (await tables())
      .filter((name) => !['event_versions', 'member_changes', 'redactions', 'version_values'].includes(name))
      .map((name) => `ALTER TABLE ${name} DISABLE TRIGGER USER`);
    expect((await refusal(GRANT_ALL, ...others, 'TRUNCATE events CASCADE'))?.why).toContain(
      'history is never rewritten',
    );
    expect(await everything()).toBe(before);
  });
});

describe('who is on an event', () => {
  const NOT_IN_HISTORY = /the role of \S+ on event \S+ is not the one in its history/;

  it.each([
    [
      'a role that nobody gave',
      `INSERT INTO event_permissions SELECT $event, id, 'viewer', id, now() FROM users
        WHERE username = 'convene-system'`,
    ],
    ['another role', `UPDATE event_permissions SET role = 'viewer' WHERE event_id = $event AND role = 'editor'`],
    ['another giver', `UPDATE event_permissions SET granted_by = user_id WHERE event_id = $event AND role = 'editor'`],
    ['another time', `UPDATE event_permissions SET granted_at = now() WHERE event_id = $event AND role = 'editor'`],
    ['no role any more', `DELETE FROM event_permissions WHERE event_id = $event AND role = 'editor'`],
    [
      'the role of somebody else',
      `UPDATE event_permissions SET user_id = (SELECT id FROM users WHERE username = 'convene-system')
        WHERE event_id = $event AND role = 'editor'`,
    ],
  ])('cannot be changed behind the back of history: %s, at COMMIT', async (_what, sql) => {
    expect(await refusal(sql)).toEqual({ at: 'COMMIT', why: expect.stringMatching(NOT_IN_HISTORY) });
    expect(await everything()).toBe(before);
  });

  it('cannot differ from history, at COMMIT', async () => {
    const insertChange = `INSERT INTO member_changes (event_id, position, version, kind, actor_id, members, created_at, hash)
      SELECT event_id, 1000, 1, 'revoked', granted_by, jsonb_build_array(jsonb_build_object('userId', user_id, 'from', 'editor', 'to', null)),
             now(), sha256('') FROM event_permissions WHERE event_id = $event AND role = 'editor'`;
    expect(await refusal(insertChange)).toEqual({ at: 'COMMIT', why: expect.stringMatching(NOT_IN_HISTORY) });
    const gone = `DELETE FROM event_permissions WHERE event_id = $event AND role = 'editor'`;
    expect(await refusal(insertChange, gone)).toBeNull();
  });
});

describe('what becomes of an event', () => {
  const version = (kind: string, snapshot: string, number = 2): string =>
    `INSERT INTO event_versions (event_id, position, version, kind, author_id, changed, snapshot, created_at, hash)
     SELECT event_id, ${number + 1000}, ${number}, '${kind}', author_id, '{deleted}', ${snapshot}, now(), sha256('')
       FROM event_versions WHERE event_id = $event AND version = 1`;
  const DELETED = `snapshot || '{"deleted_at": "2026-06-01T10:00:00.000Z"}'`;
  const DELETE = `UPDATE events SET version = 2, deleted_at = '2026-06-01T10:00:00Z' WHERE id = $event`;

  it('must have the kind of its version: a deletion', async () => {
    expect(await refusal(version('updated', DELETED), DELETE)).toEqual({
      at: 'COMMIT',
      why: expect.stringContaining('is of the wrong kind: updated'),
    });
    expect((await refusal(version('deleted', 'snapshot'), DELETE))?.why).toContain('is not a snapshot of it');
    expect(await everything()).toBe(before);
    expect(await refusal(version('deleted', DELETED), DELETE)).toBeNull();
  });

  it('must have the kind of its version: a restoration', async () => {
    expect((await deleteEvent({ client: ana.client, path: { id: eventId } })).response.status).toBe(204);
    const restore = `UPDATE events SET version = 3, deleted_at = NULL WHERE id = $event`;
    expect((await refusal(version('updated', 'snapshot', 3), restore))?.why).toContain('wrong kind: updated');
    expect((await refusal(version('deleted', 'snapshot', 3), restore))?.why).toContain('wrong kind: deleted');
    expect((await refusal(restore))?.why).toContain('is missing from its history');
    await ok(restoreEvent({ client: ana.client, path: { id: eventId }, body: {} }));
  });

  it('equals its version in every field', async () => {
    const columns = ['title', 'description', 'location', 'local_start', 'local_end', 'time_zone', 'rrule', 'show_as'];
    for (const [column, value] of [
      ...columns.map((column) => [column, column === 'show_as' ? `'free'` : `'other'`]),
      ['all_day', 'true'],
      ['excluded', `'["2026-06-01T10:00:00"]'`],
      ['added', `'["2026-06-01T10:00:00"]'`],
      ['overrides', `'[{"original": "2026-06-01T10:00:00"}]'`],
      ['start_time', `start_time - interval '1 ms'`],
      ['end_time', `end_time + interval '1 ms'`],
    ]) {
      const change = `UPDATE events SET version = 2, ${column} = ${value} WHERE id = $event`;
      expect((await refusal(version('updated', 'snapshot'), change))?.why, column).toContain('is not a snapshot of it');
    }
    expect(await everything()).toBe(before);
  });

  it('has no version ahead of it, which would block the next change', async () => {
    expect(await refusal(version('updated', 'snapshot'))).toEqual({
      at: 'COMMIT',
      why: expect.stringContaining('version 2 is ahead of event'),
    });
    await ok(updateEvent({ client: ana.client, path: { id: eventId }, body: { title: randomUUID() } }));
  });
});
