import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvent, listEvents, updateEvent } from '../../sdk/generated/sdk.gen.js';
import { Database } from '../../src/platform/database/database.js';
import { VaryingSql } from '../../src/platform/database/statement-names.js';
import { slot } from '../support/calls.js';
import { ok, type Person, startApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
let ana: Person;
beforeAll(async () => {
  // One connection serves a test that awaits each call, so that it shows everything that was prepared.
  app = await startApp({ databasePoolSize: 2 });
  ana = await app.signUp('ana');
});
afterAll(() => app.close());

const database = (): Database => app.app.get(Database);

async function listPrepared(part: string): Promise<string[]> {
  const rows = await database().query<{ statement: string }>(
    `SELECT statement FROM pg_prepared_statements WHERE strpos(statement, $1) > 0 AND statement NOT LIKE '%pg_prepared%'`,
    [part],
  );
  return rows.map(({ statement }) => statement);
}

describe('the names of statements', () => {
  it('are given to a constant text at once, and to a varying one when it is frequent', async () => {
    await database().query('SELECT $1::int AS constant', [1]);
    expect(await listPrepared('AS constant')).toHaveLength(1);
    for (let n = 0; n < 9; n += 1) await database().query(new VaryingSql('SELECT $1::int AS varying'), [n]);
    expect(await listPrepared('AS varying')).toHaveLength(0);
    await database().query(new VaryingSql('SELECT $1::int AS varying'), [10]);
    expect(await listPrepared('AS varying')).toHaveLength(1);
  });

  it('are given to lists and updates that are frequent, not to those that are rare', async () => {
    const { id } = await ok(createEvent({ client: ana.client, body: { title: 'Plan', ...slot(1) } }));
    for (let n = 0; n < 12; n += 1) {
      await ok(listEvents({ client: ana.client, query: { from: '2026-01-01' } }));
      await ok(updateEvent({ client: ana.client, path: { id }, body: { title: `Plan ${n}` } }));
    }
    await ok(listEvents({ client: ana.client, query: { from: '2026-01-01', location: 'Room', q: 'x' } }));
    await ok(updateEvent({ client: ana.client, path: { id }, body: { location: 'Room', url: 'https://example.com' } }));
    expect((await listPrepared('FROM visible_spans')).filter((text) => text.includes('ILIKE'))).toHaveLength(0);
    expect((await listPrepared('FROM visible_spans')).length).toBeGreaterThan(0);
    expect(await listPrepared('UPDATE events SET title')).toHaveLength(1);
    expect(await listPrepared('UPDATE events SET location')).toHaveLength(0);
  });

  it('are not given to more varying texts than a connection can keep; constant ones still get theirs', async () => {
    for (let n = 0; n < 210; n += 1) {
      const sql = new VaryingSql(`SELECT $1::int AS shape_${n}`);
      for (let use = 0; use < 10; use += 1) await database().query(sql, [use]);
    }
    const shapes = await listPrepared('AS shape_');
    expect(shapes.length).toBeGreaterThan(180);
    expect(shapes.length).toBeLessThan(200);
    await database().query('SELECT $1::int AS later', [1]);
    expect(await listPrepared('AS later')).toHaveLength(1);
  });
});
