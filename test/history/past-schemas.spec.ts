import { describe, expect, it } from 'vitest';
import {
  diffVersions,
  getEvent,
  getVersion,
  listChangelog,
  login,
  rollbackEvent,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import { SCHEMA } from '../../src/content/snapshot.js';
import { verifyHistory } from '../../src/history/verify-history.js';
import { migrate } from '../../src/platform/database/migrate.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { liveEventfully } from '../support/eventful-history.js';
import { type HistoryFixture, loadFixture, readFixtures, recordFixture } from '../support/history-fixture.js';
import { ok, PASSWORD, startApp } from '../support/test-app.js';

/** With `RECORD_HISTORY=1` the tests record what today's schema writes, for the day on which it is a past one. */
const RECORD = process.env.RECORD_HISTORY === '1';

async function problemsIn(database: TestDatabase): Promise<object[]> {
  const problems: object[] = [];
  await verifyHistory(
    (sql, parameters) => database.query(sql, parameters),
    (problem) => problems.push(problem),
  );
  return problems;
}

async function upgraded(fixture: HistoryFixture): Promise<TestDatabase> {
  const database = await createDatabase();
  await loadFixture(database, fixture);
  await migrate(database.url);
  return database;
}

const hashes = (database: TestDatabase): Promise<object[]> =>
  database.query(`SELECT event_id, position, encode(hash, 'hex') AS hash, snapshot FROM event_versions
                   ORDER BY event_id, position`);

describe('the history of past schemas', () => {
  it('is recorded for every schema up to the current one', async () => {
    const app = await startApp();
    try {
      await liveEventfully(app);
      if (RECORD) await recordFixture(app.database, SCHEMA);
      const schemas = await app.database.query(`SELECT DISTINCT (snapshot ->> 'schema')::int AS n FROM event_versions`);
      expect(schemas).toEqual([{ n: SCHEMA }]);
    } finally {
      await app.close();
    }
    expect(readFixtures().map(({ schema }) => schema)).toEqual(Array.from({ length: SCHEMA }, (_, index) => index + 1));
  });

  it.each(readFixtures())('of schema $schema verifies as it was written, and goes on', async (fixture) => {
    const database = await upgraded(fixture);
    const app = await startApp({}, database);
    try {
      const before = await hashes(database);
      expect(await problemsIn(database)).toEqual([]);

      const [event] = await database.query<{ id: string; version: number; owner: string }>(
        `SELECT e.id, e.version, u.username AS owner FROM events e
           JOIN event_permissions p ON p.event_id = e.id AND p.role = 'owner' JOIN users u ON u.id = p.user_id
          ORDER BY e.version DESC LIMIT 1`,
      );
      const { id, version } = event!;
      const signedIn = await ok(login({ client: app.client(), body: { username: event!.owner, password: PASSWORD } }));
      const client = app.client(signedIn.access_token);
      const first = await ok(getVersion({ client, path: { id, version: 1 } }));
      const { created_at: asOf } = first;
      expect((await ok(getEvent({ client, path: { id }, query: { as_of: asOf } }))).title).toBe(first.snapshot.title);
      const log = await ok(listChangelog({ client, path: { id } }));
      expect(log.items.length).toBeGreaterThanOrEqual(version);
      await ok(diffVersions({ client, path: { id, v1: '1', v2: 'current' } }));

      // A write that was made for an old version merges, and the old content can be brought back.
      const headers = { 'If-Match': `"${version - 1}"` };
      await ok(updateEvent({ client, path: { id }, headers, body: { description: 'Written today' } }));
      const body = { on_conflict: 'allow' as const };
      expect((await ok(rollbackEvent({ client, path: { id, version: 1 }, body }))).title).toBe(first.snapshot.title);
      expect(await problemsIn(database)).toEqual([]);
      expect(await hashes(database)).toEqual(expect.arrayContaining(before));
    } finally {
      await app.close();
      await database.drop();
    }
  });

  it.each(readFixtures())('of schema $schema shows what was altered in it', async (fixture) => {
    const altered = structuredClone(fixture);
    const version = altered.rows.event_versions![0] as { snapshot: { title: string }; event_id: string };
    const event = altered.rows.events!.find((row) => (row as { id: string }).id === version.event_id) as {
      version: number;
    };
    version.snapshot.title += '!';
    // The last version must be the row itself, which the database checks.
    if ((version as unknown as { version: number }).version === event.version)
      (event as unknown as { title: string }).title += '!';
    const database = await upgraded(altered);
    try {
      expect(await problemsIn(database)).toMatchObject([{ eventId: version.event_id, check: 'hash' }]);
    } finally {
      await database.drop();
    }
  });
});
