import { afterAll, beforeAll, expect, it } from 'vitest';
import { createEvents } from '../../sdk/generated/sdk.gen.js';
import { until } from '../support/embedded-postgres-harness.js';
import { createMeeting, hourOn } from '../support/meetings.js';
import { ok, startApp, type TestApp } from '../support/test-app.js';

const EVENTS = 400;

let app: TestApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

it('triggers and foreign keys find their rows by an index, also when a connection planned them on an empty database', async () => {
  // Otherwise the planner expects that there are more rows than it sees.
  await app.database.query('VACUUM ANALYZE');
  const ana = await app.signUp('ana');
  await createMeeting(ana, hourOn(0));
  const events = Array.from({ length: EVENTS }, (_, day) => ({ title: 'Busy', ...hourOn(day + 1) }));
  await ok(createEvents({ client: ana.client, body: { events } }));

  const read = () =>
    app.database.query<{ name: string; added: number; scanned: number }>(
      `SELECT relname AS name, n_tup_ins::int AS added, seq_tup_read::int AS scanned FROM pg_stat_user_tables
        WHERE relname IN ('events', 'event_permissions', 'event_versions', 'event_occupancy', 'visible_spans')`,
    );
  // Connections report what they did a second later.
  await until(async () => (await read()).every(({ added }) => added > EVENTS));
  for (const { name, scanned } of await read()) expect(scanned, name).toBeLessThan(EVENTS);
});
