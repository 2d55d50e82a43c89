import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { listChangelog, listEvents } from '../../sdk/generated/sdk.gen.js';
import { Database } from '../../src/platform/database/database.js';
import { PreparedClient } from '../../src/platform/database/prepared-client.js';
import { addVersions } from '../support/many-versions.js';
import { createMeeting, hourOn, MEETING } from '../support/meetings.js';
import { send } from '../support/requests.js';
import { ok, type Person, startApp, type TestApp } from '../support/test-app.js';

describe('a long history', () => {
  it('is entered at the moment asked for, not read from its beginning', async () => {
    const app = await startApp();
    const ana = await app.signUp('ana');
    const { id } = await createMeeting(ana);
    const client = await app.database.pool.connect();
    try {
      await client.query(`BEGIN; ALTER TABLE event_versions DISABLE TRIGGER USER`);
      await client.query(
        `INSERT INTO event_versions (event_id, version, position, kind, author_id, changed, snapshot, created_at, hash)
         SELECT event_id, n, n + 1000, 'updated', author_id, '{}', snapshot, created_at - n * interval '1 minute', hash
           FROM event_versions, generate_series(2, 20000) AS n WHERE event_id = $1`,
        [id],
      );
      await client.query('ANALYZE event_versions');
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(
        `EXPLAIN (ANALYZE, BUFFERS) SELECT * FROM event_versions v WHERE v.event_id = $1
            AND v.created_at <= now() - interval '1000 minutes' ORDER BY v.created_at DESC LIMIT 1`,
        [id],
      );
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan).toContain('Index Scan Backward using event_versions_created_at_idx');
      expect(Number(/Buffers: shared hit=(\d+)/.exec(plan)?.[1])).toBeLessThan(10);
    } finally {
      await client.query('ROLLBACK');
      client.release();
      await app.close();
    }
  });

  it('is stepped into once for each event of a page, which alone are asked for their owner', async () => {
    const full = await startApp();
    try {
      const ana = await full.signUp('ana');
      const events = Array.from({ length: 300 }, (_, index) => ({ ...MEETING, ...hourOn(index), show_as: 'free' }));
      await send(full, '/api/events/batch', { as: ana, body: { events } });
      await addVersions(full.database, 100);
      const [{ as_of } = { as_of: '' }] = await full.database.query<{ as_of: string }>(
        `SELECT to_json(max(created_at) + interval '50 ms') #>> '{}' AS as_of FROM events`,
      );
      const queries = vi.spyOn(full.app.get(Database), 'query');
      const { items } = await ok(listEvents({ client: ana.client, query: { as_of, limit: 20, sort: '-start_time' } }));
      expect(items).toHaveLength(20);
      expect(items[0]).toMatchObject({ title: 'Version 50', version: 50, owner: { id: ana.id } });

      const statements = queries.mock.calls.map(([sql, parameters]) => ({
        sql: typeof sql === 'string' ? sql : sql.text,
        parameters,
      }));
      const { sql, parameters } = statements.find((one) => one.sql.includes('event_versions'))!;
      const rows = await full.database.query(`EXPLAIN (ANALYZE) ${sql}`, parameters);
      const plan = rows.map((row) => row['QUERY PLAN'] as string).join('\n');
      expect(plan).not.toContain('Seq Scan on event_versions');
      const lookups = /Index Scan Backward using event_versions_created_at_idx .* loops=(\d+)/.exec(plan);
      expect(Number(lookups?.[1])).toBeLessThanOrEqual(21);
      expect(plan).toMatch(/Function Scan on members_at_birth .* loops=21\b/);
    } finally {
      await full.close();
    }
  });
});

describe('one version of a long history, where most events have one', () => {
  let app: TestApp;
  let client: pg.PoolClient;
  let ana: Person;
  let id: string;
  beforeAll(async () => {
    app = await startApp();
    client = await app.database.pool.connect();
    ana = await app.signUp('ana');
    ({ id } = await createMeeting(ana, { show_as: 'free' }));
    await addVersions(app.database, 100);
    const events = Array.from({ length: 500 }, (_, index) => ({ ...MEETING, ...hourOn(index), show_as: 'free' }));
    await send(app, '/api/events/batch', { as: ana, body: { events } });
    await client.query('ANALYZE');
    await client.query('SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET jit = off');
  });
  afterAll(async () => {
    client.release(true);
    await app.close();
  });

  const explain = async (sql: string, values: string): Promise<string> => {
    await client.query(`PREPARE asked AS ${sql}`);
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`EXPLAIN (ANALYZE) EXECUTE asked(${values})`);
    await client.query('DEALLOCATE asked');
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  };
  const READS_MORE = /Rows Removed by (Join )?Filter: \d{2,}/;

  // As reads ask for it, and the checks of a write.
  it.each(['version = 50', 'version = $2::int', 'position = $2::bigint', `version = $2::int AND kind = 'updated'`])(
    'is found by its key: %s',
    async (condition) => {
      const text = `SELECT * FROM event_versions v WHERE v.event_id = $1 AND v.${condition} AND $2::bigint > 0`;
      const plan = await explain(text, `'${id}', 50`);
      expect(plan).toMatch(/using event_versions_(pkey|position_idx) on event_versions/);
      expect(plan).not.toMatch(READS_MORE);
    },
  );

  it.each(['asc', 'desc'] as const)('is found by its key for each entry of a changelog, %s', async (order) => {
    const queries = vi.spyOn(PreparedClient.prototype, 'run');
    try {
      const query = { limit: 50, order };
      expect((await ok(listChangelog({ client: ana.client, path: { id }, query }))).items).toHaveLength(50);
      const asked = queries.mock.calls.map(([sql]) => (typeof sql === 'string' ? sql : sql.text));
      const sql = asked.find((text) => text.includes('page.position'))!;
      const plan = await explain(sql, `'${id}', NULL, NULL, NULL, NULL, 51, 0, '${ana.id}'`);
      expect(plan).not.toMatch(READS_MORE);
    } finally {
      vi.restoreAllMocks();
    }
  });
});
