import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PreparedClient } from '../../src/platform/database/prepared-client.js';
import { StatementNames } from '../../src/platform/database/statement-names.js';
import { createDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let client: PreparedClient;
let exchanges = 0;

beforeAll(async () => {
  database = await createDatabase();
  await database.query('CREATE TABLE notes (n int PRIMARY KEY, text text)');
  client = new PreparedClient({
    connectionString: database.url,
    names: new StatementNames(),
    onExchange: () => void (exchanges += 1),
  });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});
beforeEach(() => database.query('TRUNCATE notes'));

const INSERT = 'INSERT INTO notes VALUES ($1, $2)';
const insert = (n: unknown, text: unknown = 'x') => ({ sql: INSERT, parameters: [n, text] });
const stored = async (): Promise<unknown[]> =>
  (await database.query<{ n: number }>('SELECT n FROM notes ORDER BY n')).map(({ n }) => n);

describe('an exchange of statements', () => {
  it('is one, runs them in order, and returns the rows of the last', async () => {
    const before = exchanges;
    const { rows, rowCount } = await client.exchange([
      { sql: 'BEGIN' },
      insert(1),
      { sql: 'SELECT n, text FROM notes WHERE n = $1', parameters: [1] },
      insert(2),
      { sql: 'SELECT n FROM notes WHERE n < $1 ORDER BY n', parameters: [9] },
    ]);
    expect({ rows, rowCount }).toEqual({ rows: [{ n: 1 }, { n: 2 }], rowCount: 2 });
    expect(exchanges - before).toBe(1);
    expect(await stored()).toEqual([]);
    expect((await client.exchange([{ sql: 'COMMIT' }])).command).toBe('COMMIT');
    expect(await stored()).toEqual([1, 2]);
  });

  it('gives rows to those who asked for them, also of the last statement, and returns only the others', async () => {
    const rows: unknown[] = [];
    const adding = (n: number) => ({
      sql: 'INSERT INTO notes VALUES ($1, $2) RETURNING n, text',
      parameters: [n, null],
      onRow: (row: unknown[]) => void rows.push(row),
    });
    const counted = { sql: 'SELECT count(*)::int FROM notes WHERE n < $1', parameters: [9] };
    // Prepared and described the first time, known the second.
    for (const from of [1, 3]) {
      expect((await client.exchange([adding(from), counted])).rows).toEqual([{ count: from }]);
      expect(await client.exchange([insert(from + 4), adding(from + 1)])).toMatchObject({ rows: [], rowCount: 1 });
      await client.run('DELETE FROM notes WHERE n > $1', [4]);
    }
    expect(rows).toEqual([1, 2, 3, 4].map((n) => [String(n), null]));
  });

  it('fails with what was thrown for a row, and goes on with the next exchange', async () => {
    const thrown = new Error('This row is not for me');
    const onRow = (): never => {
      throw thrown;
    };
    const adding = { sql: 'INSERT INTO notes VALUES ($1, $2), ($1 + 1, $2) RETURNING n', parameters: [1, null], onRow };
    for (const statements of [[adding, insert(3)], [adding]]) {
      await expect(client.exchange(statements)).rejects.toBe(thrown);
      await client.run('DELETE FROM notes WHERE n > $1', [0]);
      await client.exchange([insert(4)]);
      await client.run('DELETE FROM notes WHERE n > $1', [0]);
    }
  });

  it('ends with the first statement that fails: what follows is skipped, also COMMIT, and its error is translated', async () => {
    const toError = (error: unknown): Error => new Error(`translated: ${(error as { code: string }).code}`);
    const failing = client.exchange([
      { sql: 'BEGIN' },
      insert(1),
      { ...insert(1), toError },
      { sql: 'SELECT $1::int AS skipped_and_new', parameters: [1] },
      { ...insert('not a number'), toError: () => new Error('of a statement that was skipped') },
      { sql: 'COMMIT' },
    ]);
    await expect(failing).rejects.toThrow('translated: 23505');
    await expect(client.exchange([insert(3)])).rejects.toThrow(/current transaction is aborted/);
    await client.run('ROLLBACK');
    expect(await stored()).toEqual([]);
    // What was skipped has not been prepared, and the connection knows it.
    const { rows } = await client.exchange([{ sql: 'SELECT $1::int AS skipped_and_new', parameters: [7] }]);
    expect(rows).toEqual([{ skipped_and_new: 7 }]);
  });

  it('rejects with the error of COMMIT, when only that fails', async () => {
    await database.query('CREATE TABLE later (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)');
    const later = { sql: 'INSERT INTO later VALUES ($1)', parameters: [1] };
    await expect(client.exchange([{ sql: 'BEGIN' }, later, later, { sql: 'COMMIT' }])).rejects.toMatchObject({
      code: '23505',
    });
    await client.run('ROLLBACK');
    expect(await database.query('SELECT FROM later')).toEqual([]);
    expect(await client.exchange([{ sql: 'SELECT $1::int AS n', parameters: [1] }])).toMatchObject({
      rows: [{ n: 1 }],
    });
  });

  it('knows columns and types again when a statement repeats, also one without rows', async () => {
    const text = `SELECT $1::int AS n, now() AS at, NULL::text AS nothing, '{"a": 1}'::jsonb AS json`;
    const first = await client.run(text, [1]);
    const second = await client.run(text, [2]);
    expect(second.fields).toEqual(first.fields);
    expect(second.rows).toEqual([{ n: 2, at: expect.any(Date) as Date, nothing: null, json: { a: 1 } }]);
    for (const n of [1, 2]) {
      expect(await client.run(INSERT, [n, 'x'])).toMatchObject({ command: 'INSERT', rowCount: 1, rows: [] });
    }
    expect((await client.run(`${text} WHERE $1 > 5`, [1])).rows).toEqual([]);
    expect((await client.run(`${text} WHERE $1 > 5`, [6])).rows).toHaveLength(1);
  });

  it('refuses a statement whose columns have changed, instead of misreading it', async () => {
    await database.query('CREATE TABLE widened (n int)');
    await database.query('INSERT INTO widened VALUES (1)');
    const read = (): Promise<{ rows: unknown[] }> => client.run('SELECT * FROM widened WHERE n = $1', [1]);
    for (let n = 0; n < 2; n += 1) expect((await read()).rows).toEqual([{ n: 1 }]);
    await database.query('ALTER TABLE widened ADD COLUMN text text DEFAULT $$new$$');
    await expect(read()).rejects.toThrow('cached plan must not change result type');
  });

  it('several at a time are answered in the order in which they were sent', async () => {
    const read = (n: number): Promise<unknown> =>
      client.exchange([insert(n), { sql: 'SELECT count(*)::int AS n FROM notes WHERE n > $1', parameters: [0] }]);
    const counts = await Promise.all([1, 2, 3, 4].map(read));
    expect(counts.map((result) => (result as { rows: unknown[] }).rows)).toEqual([1, 2, 3, 4].map((n) => [{ n }]));
    const mixed = await Promise.allSettled([
      client.exchange([insert(5)]),
      client.exchange([insert(5), insert(6)]),
      client.run('SELECT 1'),
      client.exchange([insert(7)]),
    ]);
    expect(mixed.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
    expect(await stored()).toEqual([1, 2, 3, 4, 5, 7]);
  });

  it('sends nothing of itself when a value has no text', async () => {
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    await expect(client.exchange([insert(1), insert(2, circular)])).rejects.toThrow(/circular/);
    expect(await stored()).toEqual([]);
    await client.exchange([insert(3)]);
    expect(await stored()).toEqual([3]);
  });

  it('does the same without names, for a proxy that does not prepare', async () => {
    const plain = new PreparedClient({ connectionString: database.url });
    await plain.connect();
    const select = { sql: 'SELECT n FROM notes WHERE n > $1 ORDER BY n', parameters: [0] };
    try {
      const { rows } = await plain.exchange([{ sql: 'BEGIN' }, insert(1), insert(2), select]);
      expect(rows).toEqual([{ n: 1 }, { n: 2 }]);
      await expect(plain.exchange([insert(3), insert(1), { sql: 'COMMIT' }])).rejects.toMatchObject({ code: '23505' });
      await plain.run('ROLLBACK');
      expect((await plain.exchange([select])).rows).toEqual([]);
      const prepared = 'SELECT count(*)::int AS n FROM pg_prepared_statements WHERE $1';
      expect((await plain.run(prepared, [true])).rows).toEqual([{ n: 0 }]);
    } finally {
      await plain.end();
    }
  });

  it('fails as a whole when the connection ends', async () => {
    const other = new PreparedClient({ connectionString: database.url, names: new StatementNames() });
    await other.connect();
    const running = Promise.allSettled([
      other.exchange([insert(1), { sql: 'SELECT pg_terminate_backend(pg_backend_pid()), $1::int', parameters: [1] }]),
      other.exchange([insert(2)]),
    ]);
    expect((await running).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await stored()).toEqual([]);
  });
});
