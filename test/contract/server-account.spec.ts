import { readFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  createEvent,
  eraseMe,
  purgeTrash,
  redactVersion,
  shareEvent,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import { AuditPartitionsService } from '../../src/audit/audit-partitions.service.js';
import { HorizonService } from '../../src/availability/horizon.service.js';
import { TimeZoneUpdateService } from '../../src/events/time-zone-update.service.js';
import { migrate } from '../../src/platform/database/migrate.js';
import { IdempotencyService } from '../../src/platform/idempotency/idempotency.service.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { expectInvariants } from '../support/invariants.js';
import { done, send } from '../support/requests.js';
import { ok, refused, startApp, type TestApp } from '../support/test-app.js';
import { HOUR, WRITE_CALLS } from '../support/write-operations.js';

const GUIDE = readFileSync(new URL('../../docs/guide/history.md', import.meta.url), 'utf8');
const ROLE = 'convene_server';

/** What only the cluster's superuser may do. */
async function administer(...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: inject('superuserUrl') });
  await client.connect();
  try {
    for (const sql of statements) await client.query(sql);
  } finally {
    await client.end();
  }
}

describe('a server under the account of the guide to history', () => {
  let database: TestDatabase;
  let app: TestApp;
  let url: URL;

  beforeAll(async () => {
    database = await createDatabase();
    await administer(`CREATE ROLE ${ROLE} LOGIN PASSWORD 'only for the tests'`);
    const [, grants] = /^```sql\n(.*?)^```$/ms.exec(GUIDE)!;
    for (const sql of grants!.split(';').filter((part) => part.trim())) await database.query(sql);
    url = new URL(database.url);
    [url.username, url.password] = [ROLE, 'only for the tests'];
    app = await startApp({}, { ...database, url: url.href });
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
    await administer(`DROP ROLE ${ROLE}`);
  });

  it('starts: there is nothing for it to migrate', async () => {
    expect(await migrate(url.href)).toEqual([]);
    const accounts = await database.query(
      `SELECT DISTINCT usename AS name FROM pg_stat_activity WHERE datname = current_database() ORDER BY 1`,
    );
    expect(accounts).toEqual([{ name: ROLE }, { name: new URL(database.url).username }]);
  });

  it.each(WRITE_CALLS.map((call) => [call.operation + (call.circumstance ?? ''), call] as const))(
    'can do %s',
    async (_name, { before, request }) => {
      const [ana, ben, cleo] = [await app.signUp('ana'), await app.signUp('ben'), await app.signUp('cleo')];
      const { id: eventId } = await ok(createEvent({ client: ana.client, body: { title: 'Team meeting', ...HOUR } }));
      const body = { username: ben.username, role: 'editor' as const };
      await ok(shareEvent({ client: ana.client, path: { id: eventId }, body }));
      const setting = { ana, ben, cleo, eventId };
      await before?.(setting);
      const { path, ...rest } = request(setting);
      const headers = { 'idempotency-key': 'once' };
      const { status, json } = await send(app, path, { as: ana, ...rest, headers });
      expect(status, JSON.stringify(json)).toBeLessThan(300);
      await done(eraseMe({ client: ben.client, body: { password: ben.password } }));
    },
  );

  it('can do its work in the background', async () => {
    await app.app.get(IdempotencyService).prune();
    await database.query(
      `SELECT add_audit_partition('audit_entries_2020_01', $$FOR VALUES FROM ('2020-01-01Z') TO ('2020-02-01Z')$$)`,
    );
    expect(await app.app.get(AuditPartitionsService).maintain()).toBe(1);
    await app.app.get(HorizonService).extend();
    await app.app.get(TimeZoneUpdateService).recompute();
    await expectInvariants(database);
  });

  it('cannot redact over the API, and says who can', async () => {
    const [ana, root] = [await app.signUp('ana'), await app.signUp('chief')];
    await database.query(`UPDATE users SET role = 'admin' WHERE id = $1`, [root.id]);
    const { id } = await ok(createEvent({ client: ana.client, body: { title: 'Secret', ...HOUR } }));
    await ok(updateEvent({ client: ana.client, path: { id }, body: { title: 'Public' } }));
    const call = redactVersion({ client: root.client, path: { id, version: 1 }, body: { reason: 'A secret' } });
    expect(await refused(call)).toMatchObject({
      status: 409,
      code: 'redaction_refused',
      detail: expect.stringContaining('npm run admin -- redact'),
    });
    expect(await ok(purgeTrash({ client: root.client, body: { older_than_days: 0 } }))).toEqual({
      purged: expect.any(Number),
      has_more: false,
    });
    await expectInvariants(database);
  });

  it.each([
    'UPDATE event_versions SET comment = NULL',
    'DELETE FROM event_versions',
    'TRUNCATE event_versions',
    'UPDATE member_changes SET comment = NULL',
    'DELETE FROM member_changes',
    'TRUNCATE member_changes',
    `UPDATE audit_entries SET kind = 'signed_in'`,
    'DELETE FROM audit_entries',
    'DROP TABLE audit_entries_default',
    'ALTER TABLE event_versions DISABLE TRIGGER ALL',
    'DROP TRIGGER member_changes_never_rewritten ON member_changes',
    'ALTER TABLE events DISABLE TRIGGER USER',
    `GRANT UPDATE ON event_versions TO ${ROLE}`,
    'CREATE OR REPLACE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$',
    'SET session_replication_role = replica',
    `INSERT INTO schema_migrations (timestamp, name) VALUES (1, 'x')`,
  ])('may not %s', async (sql) => {
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    try {
      const refusal = await client.query(sql).then(
        ({ command }) => command,
        (error: Error) => error.message,
      );
      // A GRANT of what one hasn't got is no error, and grants nothing.
      if (refusal !== 'GRANT') expect(refusal).toMatch(/permission denied|must be owner/);
      const [row] = await database.query(
        `SELECT has_table_privilege($1, 'event_versions', 'UPDATE, DELETE, TRUNCATE') AS may`,
        [ROLE],
      );
      expect(row).toEqual({ may: false });
    } finally {
      await client.end();
    }
  });
});
