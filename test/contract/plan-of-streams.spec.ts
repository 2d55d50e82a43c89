import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEvent, shareEvent } from '../../sdk/generated/sdk.gen.js';
import { StreamsRepository } from '../../src/notifications/streams.repository.js';
import type { Database } from '../../src/platform/database/database.js';
import { slot } from '../support/calls.js';
import { ok, startApp, type TestApp } from '../support/test-app.js';

const ITEMS = 30_000;
const LIMIT = 50;

interface Plan {
  'Actual Rows': number;
  'Actual Loops': number;
  Plans?: Plan[];
}

let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

const findMostRows = (plan: Plan): number =>
  Math.max(plan['Actual Rows'] * plan['Actual Loops'], ...(plan.Plans ?? []).map(findMostRows));

it('a long stream in a small database is read a few items at a time, without sorting what follows', async () => {
  const [ana, ben] = [await app.signUp('ana'), await app.signUp('ben')];
  const path = await ok(createEvent({ client: ana.client, body: { title: 'Plan', ...slot(1) } }));
  await ok(shareEvent({ client: ana.client, path, body: { user_id: ben.id, role: 'viewer' } }));
  await app.database.query('ALTER TABLE notifications SET (autovacuum_enabled = false)');
  await app.database.query(
    `INSERT INTO notifications (user_id, seq, id, type, event_id, event_title, version, actor_id, changed, created_at)
     SELECT user_id, seq + n, gen_random_uuid(), 'event_updated', event_id, event_title, 2, actor_id, changed, created_at
       FROM notifications, generate_series(1, $2::int) AS n WHERE user_id = $1`,
    [ben.id, ITEMS],
  );

  let statement = '';
  const query = (sql: string): Promise<never[]> => Promise.resolve((statement = sql)).then(() => []);
  await new StreamsRepository({ query } as unknown as Database).readParts([{ userId: ben.id, after: 1 }], LIMIT);
  const client = await app.database.pool.connect();
  try {
    await client.query('SET plan_cache_mode = force_generic_plan');
    await client.query('SET enable_seqscan = off');
    await client.query(`PREPARE read AS ${statement}`);
    const { rows } = await client.query<{ 'QUERY PLAN': { Plan: Plan }[] }>(
      `EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE read ('{${ben.id}}', '{1}', ${LIMIT})`,
    );
    expect(findMostRows(rows[0]!['QUERY PLAN'][0]!.Plan)).toBeLessThan(10 * LIMIT);
  } finally {
    client.release(true);
  }
});
