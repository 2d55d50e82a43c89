import { afterAll, beforeAll, expect, it } from 'vitest';
import { PreparedClient } from '../../src/platform/database/prepared-client.js';
import { StatementNames } from '../../src/platform/database/statement-names.js';
import { createDatabase, type TestDatabase } from '../support/database.js';

const ROWS = 20_000;
const SELECT = 'SELECT text FROM notes WHERE id = $1';
const INSERT = 'INSERT INTO copies VALUES ($1)';

let database: TestDatabase;
let client: PreparedClient;
const names = new StatementNames();

beforeAll(async () => {
  database = await createDatabase();
  await database.query(`
    CREATE TABLE notes (id int PRIMARY KEY, text text) WITH (autovacuum_enabled = false);
    CREATE TABLE copies (id int REFERENCES notes);
    INSERT INTO notes VALUES (1, 'x');
    ANALYZE notes`);
  client = new PreparedClient({
    connectionString: database.url,
    options: '-c plan_cache_mode=force_generic_plan',
    names,
    firstPlansMs: 60_000,
  });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const planOfSelect = async (): Promise<string> => {
  const { rows } = await client.run(`EXPLAIN EXECUTE ${names.nameOf(SELECT)} (1)`);
  return (rows as { 'QUERY PLAN': string }[]).map((row) => row['QUERY PLAN']).join('\n');
};

/** Returns how many rows a foreign key reads to find the last one. */
const readByForeignKey = async (): Promise<number> => {
  const read = `SELECT pg_stat_get_xact_tuples_returned('notes'::regclass)::int AS n`;
  await client.run('BEGIN');
  const before = (await client.run(read)).rows[0] as { n: number };
  await client.run(INSERT, [ROWS]);
  const after = (await client.run(read)).rows[0] as { n: number };
  await client.run('ROLLBACK');
  return after.n - before.n;
};

it('a connection makes new plans, also for foreign keys, when tables may have grown', async () => {
  await client.run(SELECT, [1]);
  await client.run(INSERT, [1]);
  await database.query(`INSERT INTO notes SELECT n, 'x' FROM generate_series(2, ${ROWS}) AS n`);

  client.renewPlans();
  expect(await planOfSelect()).toContain('Seq Scan');
  expect(await readByForeignKey()).toBe(ROWS);

  Object.assign(client, { plansEnd: 0 });
  client.renewPlans();
  expect(await planOfSelect()).toContain('Index Scan');
  expect(await readByForeignKey()).toBeLessThan(10);
});
