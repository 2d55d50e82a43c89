import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hourOn, MEETING } from '../support/meetings.js';
import { send } from '../support/requests.js';
import { stopJobs } from '../support/stop-jobs.js';
import { type Person, startApp, type TestApp } from '../support/test-app.js';

const OWN = 1_500;

describe('a look-up by the key', () => {
  let app: TestApp;
  let ana: Person;
  beforeAll(async () => {
    app = await startApp();
    await stopJobs(app);
    ana = await app.signUp('ana');
    for (let from = 0; from < OWN; from += 500) {
      const events = Array.from({ length: 500 }, (_, index) => ({
        ...MEETING,
        ...hourOn(from + index),
        show_as: 'free',
      }));
      await send(app, '/api/events/batch', { as: ana, body: { events } });
    }
    // Of other people, who see one event each.
    await app.database.query(
      `INSERT INTO visible_spans (event_id, user_id, kind, start_time, span, since, created_at)
       SELECT gen_random_uuid(), gen_random_uuid(), kind, start_time, span, since, created_at
         FROM visible_spans, generate_series(1, 10)`,
    );
    await app.database.query('VACUUM ANALYZE');
  });
  afterAll(() => app.close());

  it('of one span of a person who sees many events does not read the others, where most people see one', async () => {
    const client = await app.database.pool.connect();
    try {
      await client.query('SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET jit = off');
      await client.query(
        `PREPARE asked AS SELECT v.event_id, v.start_time FROM visible_spans v WHERE v.event_id = $1 AND v.user_id = $2`,
      );
      const [own] = await app.database.query<{ event_id: string }>(
        'SELECT event_id FROM visible_spans WHERE user_id = $1 ORDER BY start_time DESC LIMIT 1',
        [ana.id],
      );
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(
        `EXPLAIN (ANALYZE) EXECUTE asked('${own!.event_id}', '${ana.id}')`,
      );
      expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('using visible_spans_pkey');
    } finally {
      client.release(true);
    }
  });

  it('is never as good by another index: where one begins with a column of the key, its values are said to be frequent', async () => {
    const rows = await app.database.query(
      `SELECT key.indexrelid::regclass::text AS key, other.indexrelid::regclass::text AS other
         FROM pg_index key
         JOIN pg_class c ON c.oid = key.indrelid AND c.relnamespace = 'public'::regnamespace AND NOT c.relispartition
         JOIN pg_index other ON other.indrelid = key.indrelid AND other.indexrelid <> key.indexrelid AND other.indpred IS NULL
                            AND other.indkey[0] = ANY (key.indkey[0:key.indnkeyatts - 1])
                            AND NOT key.indkey[0:key.indnkeyatts - 1]::int[] <@ other.indkey[0:key.indnkeyatts - 1]::int[]
         JOIN pg_class o ON o.oid = other.indexrelid
         JOIN pg_am ON pg_am.oid = o.relam AND amname = 'btree'
         JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = other.indkey[0]
        WHERE key.indisunique AND key.indnkeyatts > 1 AND NOT coalesce(a.attoptions::text LIKE '%n_distinct%', false)`,
    );
    expect(rows).toEqual([]);
  });
});
