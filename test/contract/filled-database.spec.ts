import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fillDatabase } from '../../bench/growth/fill-database.js';
import type { FillSummary } from '../../bench/growth/simulated-rows.js';
import { type Person, SECRET, Target } from '../../bench/target.js';
import {
  getEvent,
  getFreeBusy,
  listChangelog,
  listChanges,
  listEvents,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { expectInvariants } from '../support/invariants.js';
import { ok, startApp, type TestApp } from '../support/test-app.js';

const EVENTS = 2_000;
const DAY_MS = 86_400_000;

/** Everything that a bulk load removes and restores: constraints, indexes and triggers, with their definitions. */
const SCHEMA = `
  SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) AS object FROM pg_constraint
   WHERE connamespace = 'public'::regnamespace
  UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL SELECT tgenabled::text || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
  ORDER BY 1`;

/** What the deferred triggers would have refused at COMMIT. */
const REFUSED = {
  'rows that are not their last version': `
    SELECT e.id FROM events e LEFT JOIN event_versions v ON v.event_id = e.id AND v.version = e.version
     WHERE is_snapshot_of(v.snapshot, e) IS NOT TRUE`,
  'deletions and restorations of another kind': `
    SELECT v.event_id, v.version, v.kind FROM event_versions v
      JOIN event_versions earlier ON earlier.event_id = v.event_id AND earlier.version = v.version - 1
     WHERE (earlier.snapshot -> 'deleted_at' = 'null' AND v.snapshot -> 'deleted_at' <> 'null') <> (v.kind = 'deleted')
        OR earlier.snapshot -> 'deleted_at' <> 'null' AND v.snapshot -> 'deleted_at' = 'null' AND v.kind <> 'restored'`,
};

describe('a filled database', () => {
  let database: TestDatabase;
  let app: TestApp;
  let schema: object[];
  let summary: FillSummary;

  beforeAll(async () => {
    database = await createDatabase();
    schema = await database.query(SCHEMA);
    const options = {
      events: EVENTS,
      people: 40,
      streamDays: Infinity,
      seed: 7,
      now: new Date(),
      log: () => undefined,
    };
    summary = await fillDatabase(database.url, options);
    app = await startApp({ jwtSecrets: [SECRET] }, database);
  });
  afterAll(async () => {
    await app?.close();
    await database.drop();
  });

  it('has a complete and verifiable history, and satisfies every invariant', () => expectInvariants(database));

  it('contains nothing that the deferred triggers refuse', async () => {
    for (const [name, sql] of Object.entries(REFUSED)) expect(await database.query(sql), name).toEqual([]);
    await database.query('SELECT require_role_in_history(event_id, user_id) FROM event_permissions');
    await database.query(
      `SELECT require_role_in_history(c.event_id, m."userId")
         FROM member_changes c CROSS JOIN jsonb_to_recordset(c.members) AS m ("userId" uuid)`,
    );
  });

  it('has the schema of an empty one', async () => {
    expect(await database.query(SCHEMA)).toEqual(schema);
  });

  it('contains what years of use leave: series, trash, revoked access, overrides, several zones', async () => {
    const [found] = await database.query(
      `SELECT count(*)::int AS events, count(*) FILTER (WHERE rrule IS NOT NULL) > 50 AS series,
              count(*) FILTER (WHERE rrule IS NOT NULL AND last_end IS NULL) > 5 AS endless,
              count(*) FILTER (WHERE overrides <> '[]') > 5 AS overrides, count(*) FILTER (WHERE excluded <> '[]') > 0 AS excluded,
              count(*) FILTER (WHERE deleted_at IS NOT NULL) > 5 AS trash, count(*) FILTER (WHERE show_as = 'free') > 50 AS free,
              count(DISTINCT time_zone) > 1 AS zones, count(*) FILTER (WHERE start_time > now()) BETWEEN 600 AND 1400 AS ahead
         FROM events`,
    );
    const yes = { series: true, endless: true, overrides: true, excluded: true, trash: true, free: true, zones: true };
    expect(found).toEqual({ events: EVENTS, ...yes, ahead: true });
    const kinds = await database.query<{ kind: string }>('SELECT DISTINCT kind FROM member_changes ORDER BY kind');
    expect(kinds.map(({ kind }) => kind)).toEqual(['ownership_transferred', 'revoked', 'role_changed', 'shared']);
    expect(summary.events).toBe(EVENTS);
    expect(summary.versions / EVENTS).toBeGreaterThan(4.5);
    expect(summary.versions / EVENTS).toBeLessThan(5.5);
  });

  it('is read and written through the API', async () => {
    const [person] = await database.query<{ id: string; username: string; events: number; ownId: string }>(
      `SELECT u.id, u.username, count(*)::int AS events,
              (array_agg(e.id ORDER BY e.version DESC) FILTER (WHERE p.role = 'owner'))[1] AS "ownId"
         FROM event_permissions p JOIN users u ON u.id = p.user_id
         JOIN events e ON e.id = p.event_id AND e.deleted_at IS NULL
        GROUP BY u.id ORDER BY count(*) DESC LIMIT 1`,
    );
    const { id, username, events, ownId } = person!;
    const connection = await database.pool.connect();
    const target = new Target('Convene', app.url, process.pid, connection, true);
    const [{ token }] = (await target.signIn([{ id, username }])) as [Person];
    connection.release();
    const client = app.client(token);

    expect((await ok(listEvents({ client, query: { page: 1, page_size: 5 } }))).total).toBe(events);
    const event = await ok(getEvent({ client, path: { id: ownId } }));
    const log = await ok(listChangelog({ client, path: { id: ownId }, query: { limit: 200 } }));
    expect(log.items.filter(({ kind }) => !['shared', 'role_changed', 'revoked'].includes(kind))).toHaveLength(
      event.version,
    );
    const [from, to] = [new Date(), new Date(Date.now() + 7 * DAY_MS)].map((time) => time.toISOString());
    await ok(listEvents({ client, query: { from, to, expand: true } }));
    expect((await ok(getFreeBusy({ client, query: { user_ids: [id], from: from!, to: to! } }))).items).toHaveLength(1);

    const { last_seq: last } = await ok(listChanges({ client, query: { after: 0, limit: 1 } }));
    expect(last).toBe(1);

    const after = await ok(updateEvent({ client, path: { id: ownId }, body: { title: 'Written after the fill' } }));
    expect(after.version).toBe(event.version + 1);
    await expectInvariants(database);
  });
});
