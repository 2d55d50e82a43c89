import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Database, type Queryable } from '../../src/platform/database/database.js';
import { readPage } from '../../src/platform/database/read-page.js';
import { startApp, type TestApp } from '../support/test-app.js';
import { PATIENCE_MS } from '../support/patient.js';

let app: TestApp;
let database: Database;
beforeAll(async () => {
  // One connection: the next query uses the one that a snapshot has given back.
  app = await startApp({ databasePoolSize: 1 });
  database = app.app.get(Database, { strict: false });
});
afterAll(() => app.close());

const countUsers = async (queries: Queryable): Promise<number> => {
  const [row] = await queries.query<{ count: number }>('SELECT count(*)::int AS count FROM users');
  return row!.count;
};
const isolation = async (): Promise<string> => {
  const [row] = await database.query<{ level: string }>(`SELECT current_setting('transaction_isolation') AS level`);
  return row!.level;
};

describe('Database.inSnapshot', () => {
  it('reads the state of one moment, and later reads see what came since', async () => {
    const before = await countUsers(database);
    const counts = await database.inSnapshot(async (queries) => {
      const first = await countUsers(queries);
      const columns = 'id, username, email, password_hash, time_zone, created_at';
      const values = `gen_random_uuid(), 'meanwhile', 'meanwhile@example.com', '', 'UTC', now()`;
      await app.database.query(`INSERT INTO users (${columns}) VALUES (${values})`);
      return [first, await countUsers(queries)];
    });
    expect([...counts, await countUsers(database)]).toEqual([before, before, before + 1]);
    expect(await isolation()).toBe('read committed');
  });

  it('throws the error of the work, and gives a connection back that is in no transaction', async () => {
    await expect(database.inSnapshot(() => Promise.reject(new Error('Too much')))).rejects.toThrow('Too much');
    expect(await isolation()).toBe('read committed');
    await expect(database.inSnapshot((queries) => queries.query('SELECT 1 / 0'))).rejects.toThrow('division by zero');
    expect(await isolation()).toBe('read committed');
  });

  it('throws the error of the statement that failed, not that of one that was skipped because of it', async () => {
    const deep = async (query: () => Promise<unknown>, depth: number): Promise<unknown> =>
      depth === 0 ? query() : await deep(query, depth - 1);
    // The error of the first statement takes more turns to arrive than that of the second.
    const work = (queries: Queryable): Promise<unknown> =>
      Promise.all([deep(() => queries.query('SELECT 1 / 0'), 20), queries.query('SELECT 1')]);
    for (let n = 0; n < 20; n += 1) await expect(database.inSnapshot(work)).rejects.toThrow('division by zero');
  });

  it('refuses what still runs after an error, instead of reading in the transaction of somebody else', async () => {
    let goOn = (): void => undefined;
    const failed = new Promise<void>((resolve) => (goOn = resolve));
    let late: Promise<unknown> = Promise.resolve();
    const both = database.inSnapshot((queries) => {
      late = failed.then(() => countUsers(queries));
      return Promise.all([late, Promise.reject(new Error('Too much'))]);
    });
    await expect(both).rejects.toThrow('Too much');
    goOn();
    await expect(late).rejects.toThrow('The snapshot is over');
  });

  it('refuses to write', async () => {
    const write = database.inSnapshot((queries) => queries.query(`UPDATE users SET username = 'x'`));
    await expect(write).rejects.toThrow('read-only');
  });
});

it('a connection is closed when something fails for which nobody waits', async () => {
  const backend = async (): Promise<number> => {
    const [row] = await database.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    return row!.pid;
  };
  const before = await backend();
  const connection = await database.connect();
  connection.send('SELECT 1 / 0');
  connection.release();
  await vi.waitFor(async () => expect(await backend()).not.toBe(before), PATIENCE_MS);
});

describe('readPage', () => {
  /** Reads people as a page does, while somebody signs up between its two reads. */
  const readPeople = async (isNumbered: boolean): Promise<[number, number | null]> => {
    let areRead = (): void => undefined;
    const rowsRead = new Promise<void>((resolve) => (areRead = resolve));
    const readRows = async (queries: Queryable): Promise<{ id: string }[]> => {
      const rows = await queries.query<{ id: string }>('SELECT id FROM users');
      areRead();
      return rows;
    };
    const count = async (queries: Queryable): Promise<number> => {
      await rowsRead;
      await app.database.query(
        `INSERT INTO users (id, username, email, password_hash, time_zone, created_at)
         SELECT id, left(id::text, 20), id || '@example.com', '', 'UTC', now() FROM gen_random_uuid() AS id`,
      );
      return countUsers(queries);
    };
    const [rows, total] = await readPage(database, isNumbered, readRows, count);
    return [rows.length, total];
  };

  it('counts as many rows as there were when the page was read, and counts only for a numbered one', async () => {
    const [rows, total] = await readPeople(true);
    expect(total).toBe(rows);
    expect(await readPeople(false)).toEqual([rows + 1, null]);
  });
});
