import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvent, getReadiness, listEvents, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { slot } from '../support/calls.js';
import { until } from '../support/embedded-postgres-harness.js';
import { ok, type Person, refused, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let ana: Person;
beforeAll(async () => {
  app = await startApp({ databasePoolSize: 3, databaseWaitSeconds: 1 });
  ana = await app.signUp('ana');
});
afterAll(() => app.close());

const create = (): Promise<Awaited<ReturnType<typeof refused>>> =>
  refused(createEvent({ client: ana.client, body: { title: 'Plan', ...slot(1) } }));
const unavailable = (detail: string): object => ({ status: 503, code: 'unavailable', detail });
const becomesReady = (): Promise<void> =>
  until(async () => (await getReadiness({ client: app.client() })).response.status === 200);
const becomesUnready = (detail: string): Promise<void> =>
  until(async () => {
    const { error } = await getReadiness({ client: app.client() });
    return (error as { detail?: string } | undefined)?.detail === detail;
  });
/** Settings of a database count for new connections. */
const endConnections = (): Promise<unknown> =>
  app.database.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  );

describe('a database that cannot store anything', () => {
  it('is said to be read-only when it is, and is still read', async () => {
    const name = new URL(app.database.url).pathname.slice(1);
    await app.database.query(`ALTER DATABASE "${name}" SET default_transaction_read_only = on`);
    await endConnections();
    await until(async () => (await listEvents({ client: ana.client })).response.status === 200);
    expect(await create()).toMatchObject(unavailable('The database is read-only.'));
    await becomesUnready('The database is read-only.');
    await app.database.query(`BEGIN READ WRITE; ALTER DATABASE "${name}" RESET default_transaction_read_only; COMMIT`);
    await endConnections();
    await becomesReady();
    await until(async () => (await createEvent({ client: ana.client, body: { title: 'A', ...slot(2) } })).data != null);
  });

  it('is said to have a full disk when PostgreSQL says so, until there is room again', async () => {
    await app.database.query(`
      CREATE FUNCTION fill_disk() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
      CREATE TRIGGER full_disk BEFORE INSERT ON events EXECUTE FUNCTION fill_disk()`);
    expect(await create()).toMatchObject(unavailable('The disk of the database is full.'));
    await becomesUnready('The disk of the database is full.');
    expect(await ok(listEvents({ client: ana.client }))).toBeDefined();
    await app.database.query('DROP TRIGGER full_disk ON events');
    await ok(createEvent({ client: ana.client, body: { title: 'B', ...slot(3) } }));
    await becomesReady();
  });
});

describe('a database with no free connection', () => {
  it('is not waited for: the request is refused and can be sent again', async () => {
    const event = await ok(createEvent({ client: ana.client, body: { title: 'Busy', ...slot(9) } }));
    const path = { id: event.id };
    const holder = await app.database.pool.connect();
    try {
      await holder.query('BEGIN');
      await holder.query('SELECT FROM events WHERE id = $1 FOR UPDATE', [event.id]);
      const waiting = ['a', 'b', 'c'].map((title) => updateEvent({ client: ana.client, path, body: { title } }));
      await until(() => app.database.query(WAITING).then((rows) => rows.length === 3));
      const problem = await refused(listEvents({ client: ana.client }));
      expect(problem).toMatchObject(unavailable('Too many requests wait for the database.'));
      await holder.query('ROLLBACK');
      for (const { response } of await Promise.all(waiting)) expect(response.status).toBe(200);
    } finally {
      holder.release();
    }
    await ok(listEvents({ client: ana.client }));
  });
});

const WAITING = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
