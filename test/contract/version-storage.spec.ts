import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  diffVersions,
  getEvent,
  getVersion,
  listEvents,
  rollbackEvent,
  updateEvent,
} from '../../sdk/generated/sdk.gen.js';
import { redactVersion } from '../../src/history/redact-version.js';
import { verifyHistory } from '../../src/history/verify-history.js';
import { expectInvariants } from '../support/invariants.js';
import { createMeeting } from '../support/meetings.js';
import { ok, type Person, startApp, type TestApp } from '../support/test-app.js';

/** As long as a description can be. It hardly compresses. */
const LONG = randomBytes(15_000).toString('base64');

let app: TestApp;
let ana: Person;
let id: string;

beforeAll(async () => {
  app = await startApp();
  ana = await app.signUp('ana');
});
afterAll(() => app.close());
beforeEach(async () => {
  ({ id } = await createMeeting(ana, { description: LONG, show_as: 'free' }));
});

const edit = (body: object): Promise<unknown> => ok(updateEvent({ client: ana.client, path: { id }, body }));

const countValues = async (): Promise<number> =>
  (
    await app.database.query<{ n: number }>(`SELECT count(*)::int AS n FROM version_values WHERE event_id = $1`, [id])
  )[0]!.n;

const largestVersion = async (): Promise<number> =>
  (
    await app.database.query<{ n: number }>(
      `SELECT max(pg_column_size(v.snapshot))::int AS n FROM event_versions v WHERE v.event_id = $1`,
      [id],
    )
  )[0]!.n;

async function findProblems(): Promise<string[]> {
  const found: string[] = [];
  await verifyHistory(
    (sql, parameters) => app.database.query(sql, parameters),
    ({ message }) => found.push(message),
    [id],
  );
  return found;
}

describe('a long value', () => {
  it('is stored once, however often something else is edited', async () => {
    for (let n = 1; n <= 20; n += 1) await edit({ title: `Edit ${n}` });
    expect(await countValues()).toBe(1);
    expect(await largestVersion()).toBeLessThan(1_000);
    await edit({ description: `${LONG.slice(1)}!` });
    await edit({ description: LONG });
    expect(await countValues()).toBe(2);
    expect(await findProblems()).toEqual([]);
    await expectInvariants(app.database);
  });

  it('is part of its version in every view', async () => {
    await edit({ title: 'Second' });
    const between = (await ok(getEvent({ client: ana.client, path: { id } }))).updated_at;
    await edit({ description: 'Short' });
    for (const version of [1, 2]) {
      const { snapshot } = await ok(getVersion({ client: ana.client, path: { id, version } }));
      expect(snapshot.description === LONG).toBe(true);
    }
    const { changes } = await ok(diffVersions({ client: ana.client, path: { id, v1: '2', v2: '3' } }));
    expect(Object.keys(changes)).toEqual(['description']);
    const { items } = await ok(listEvents({ client: ana.client, query: { as_of: between, limit: 200 } }));
    const found = items.find((event) => event.id === id)!;
    expect([found.title, found.description === LONG]).toEqual(['Second', true]);
    const back = await ok(rollbackEvent({ client: ana.client, path: { id, version: 1 }, body: {} }));
    expect(back.description === LONG).toBe(true);
    expect(await findProblems()).toEqual([]);
  });

  it('may be a list of the dates of a series', async () => {
    const start = { start_time: '2031-01-01T10:00:00', end_time: '2031-01-01T10:30:00', time_zone: 'UTC' };
    const added = Array.from({ length: 28 }, (_, day) => `2031-02-${String(day + 1).padStart(2, '0')}T09:00:00`);
    await edit({ ...start, recurrence_pattern: 'FREQ=DAILY;COUNT=20', added });
    const at = (await ok(getEvent({ client: ana.client, path: { id } }))).updated_at;
    await edit({ title: 'Series' });
    expect(await largestVersion()).toBeLessThan(1_000);
    const range = { from: '2031-02-28T00:00:00Z', to: '2031-03-01T00:00:00Z' };
    const { items } = await ok(listEvents({ client: ana.client, query: { as_of: at, ...range } }));
    expect(items.map((event) => event.id)).toContain(id);
    expect(await findProblems()).toEqual([]);
  });

  it('goes with the last version from which a redaction takes it, and no earlier', async () => {
    await edit({ title: 'Second' });
    await edit({ description: 'Public' });
    const redact = async (version: number): Promise<void> => {
      const client = await app.database.pool.connect();
      try {
        await client.query('BEGIN');
        const query = async <Row extends object>(sql: string, parameters?: unknown[]): Promise<Row[]> =>
          (await client.query<Row>(sql, parameters)).rows;
        await redactVersion(query, { eventId: id, version, reason: 'Asked for' });
        await client.query('COMMIT');
      } finally {
        client.release();
      }
    };
    await redact(1);
    expect(await countValues()).toBe(1);
    const { snapshot } = await ok(getVersion({ client: ana.client, path: { id, version: 2 } }));
    expect(snapshot.description === LONG).toBe(true);
    await redact(2);
    expect(await countValues()).toBe(0);
    expect(await findProblems()).toEqual([]);
  });
});

describe('the database', () => {
  const refusal = async (...statements: string[]): Promise<string> => {
    const client = await app.database.pool.connect();
    try {
      await client.query('BEGIN');
      for (const sql of statements) await client.query(sql.replaceAll('$event', `'${id}'`));
      await client.query('COMMIT');
      return 'nothing';
    } catch (error) {
      await client.query('ROLLBACK');
      return String(error);
    } finally {
      client.release();
    }
  };
  const GRANT = 'GRANT ALL ON version_values TO CURRENT_USER';

  it('keeps a value that a version has', async () => {
    const remove = 'DELETE FROM version_values WHERE event_id = $event';
    expect(await refusal(remove)).toContain('permission denied');
    expect(await refusal(GRANT, remove)).toContain('history is never rewritten');
    const change = `UPDATE version_values SET value = '"forged"' WHERE event_id = $event`;
    expect(await refusal(GRANT, change)).toContain('history is never rewritten');
    expect(await refusal(GRANT, 'TRUNCATE version_values')).toContain('history is never rewritten');
  });

  it('refuses a version whose value is missing', async () => {
    const next = `UPDATE events SET version = 2, title = 'Second' WHERE id = $event`;
    const version = (values: string): string =>
      `INSERT INTO event_versions (event_id, version, position, kind, author_id, changed, snapshot, long_values,
                                   created_at, hash)
       SELECT event_id, 2, 1000, 'updated', author_id, '{title}', snapshot || '{"title": "Second"}', ${values}, now(), hash
         FROM event_versions WHERE event_id = $event AND version = 1`;
    expect(await refusal(version('NULL'), next)).toContain('is not a snapshot of it');
    const unknown = `jsonb_build_object('description', '${'ab'.repeat(32)}')`;
    expect(await refusal(version(unknown), next)).toContain('is not a snapshot of it');
    expect(await refusal(version('long_values'), next)).toBe('nothing');
  });
});
