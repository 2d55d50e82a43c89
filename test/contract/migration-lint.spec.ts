import { readdir } from 'node:fs/promises';
import { DataSource, type MigrationInterface } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { dataSourceOptions } from '../../src/platform/database/data-source.js';
import { migrate } from '../../src/platform/database/migrate.js';
import { createDatabase } from '../support/database.js';
import { LockHolder } from '../support/held-locks.js';
import { lintMigration, type MigrationRule, recordStatements } from '../support/migration-lint.js';

type Migration = new () => MigrationInterface;

/** Migrations before this one ran before there was a rule, on databases without rows. */
const RULES_SINCE = 20_261_128_000_000;

/** Rules that a migration breaks for a reason. */
const ALLOWED: Record<string, { rules: MigrationRule[]; because: string }> = {
  HeldAddresses20261128110000: {
    rules: ['index-blocks-writes'],
    because: 'the table of accounts is small and rarely written: an index of 100,000 takes a fraction of a second',
  },
  Mails20261128120000: {
    rules: ['index-blocks-writes'],
    because: 'the table of sessions is small: nobody signs in for the fraction of a second that its index takes',
  },
  AuditFilterIndexes20261130100000: {
    rules: ['index-blocks-writes'],
    because: 'ON ONLY makes an empty index of a partitioned table; those of its partitions are built CONCURRENTLY',
  },
};

const FOLDER = new URL('../../migrations/', import.meta.url);

async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.ts')).sort();
  const modules = names.map((name) => import(new URL(name, FOLDER).href) as Promise<Record<string, Migration>>);
  return (await Promise.all(modules)).flatMap((module) => Object.values(module));
}

const timestampOf = ({ name }: Migration): number => Number(/\d{14}$/.exec(name)?.[0]);

/** What each migration breaks, found by running all of them. */
async function lintAll(): Promise<Record<string, MigrationRule[]>> {
  const database = await createDatabase();
  const dataSource = await new DataSource(dataSourceOptions({ url: database.url, statementSeconds: 0 })).initialize();
  const runner = dataSource.createQueryRunner();
  try {
    await database.query('DROP SCHEMA public CASCADE');
    await database.query('CREATE SCHEMA public');
    const broken: Record<string, MigrationRule[]> = {};
    for (const migration of await readMigrations()) {
      const instance = new migration();
      const inTransaction = instance.transaction !== false;
      if (inTransaction) await runner.startTransaction();
      broken[migration.name] = lintMigration(await recordStatements(instance, runner), inTransaction);
      if (inTransaction) await runner.commitTransaction();
    }
    return broken;
  } finally {
    await runner.release();
    await dataSource.destroy();
    await database.drop();
  }
}

describe('the migrations', () => {
  it('neither block a server that is in use nor break the one of the version before', async () => {
    const broken = await lintAll();
    const since = (await readMigrations()).filter((migration) => timestampOf(migration) >= RULES_SINCE);
    const found = since.map(({ name }) => ({ name, breaks: broken[name] }));
    expect(found).toEqual(since.map(({ name }) => ({ name, breaks: ALLOWED[name]?.rules ?? [] })));
    expect(Object.keys(ALLOWED).filter((name) => !since.some((migration) => migration.name === name))).toEqual([]);
    // The rules find something: this would not be allowed today.
    expect(broken['VisibleSpans20261127090000']).toContain('index-blocks-writes');
  });
});

describe('the rules of migrations', () => {
  it.each<[MigrationRule, string]>([
    ['index-blocks-writes', 'CREATE INDEX i ON events (title)'],
    ['index-blocks-writes', 'create unique index if not exists i on only "events" using btree (title)'],
    ['index-blocks-writes', 'DROP INDEX i'],
    ['not-null-without-default', 'ALTER TABLE events ADD COLUMN a int, ADD COLUMN b int NOT NULL'],
    ['not-null-without-default', 'ALTER TABLE events ADD b int NOT NULL'],
    ['column-rewrites-table', 'ALTER TABLE events ADD COLUMN a uuid NOT NULL DEFAULT gen_random_uuid()'],
    ['column-rewrites-table', 'ALTER TABLE events ADD COLUMN a int GENERATED ALWAYS AS (version + 1) STORED'],
    ['type-rewrites-table', 'ALTER TABLE events ALTER COLUMN title TYPE varchar(500)'],
    ['type-rewrites-table', 'ALTER TABLE events ALTER title SET DATA TYPE text'],
    ['not-null-scans-table', 'ALTER TABLE events ALTER COLUMN url SET NOT NULL'],
    ['constraint-scans-table', "ALTER TABLE events ADD CONSTRAINT c CHECK (title <> '')"],
    ['constraint-scans-table', 'ALTER TABLE events ADD FOREIGN KEY (owner_id) REFERENCES users (id)'],
    ['constraint-scans-table', 'ALTER TABLE events ADD COLUMN a uuid REFERENCES users (id)'],
    ['constraint-builds-index', 'ALTER TABLE events ADD CONSTRAINT u UNIQUE (title, id)'],
    ['breaks-previous-version', 'ALTER TABLE events DROP COLUMN url'],
    ['breaks-previous-version', 'ALTER TABLE events RENAME COLUMN url TO link'],
    ['breaks-previous-version', 'ALTER TABLE events RENAME TO entries'],
    ['breaks-previous-version', 'ALTER TABLE events ALTER COLUMN show_as DROP DEFAULT'],
    ['breaks-previous-version', 'DROP TABLE IF EXISTS notifications'],
    ['writes-whole-table', "UPDATE events SET url = 'DELETE WHERE'"],
    ['writes-whole-table', 'DELETE FROM notifications'],
    ['locks-table', 'LOCK TABLE events'],
    ['locks-table', 'REINDEX TABLE events'],
    ['lock-timeout-off', 'SET LOCAL lock_timeout = 0'],
  ])('find %s in: %s', (rule, sql) => {
    expect(lintMigration([`SELECT 1; -- a comment;\n${sql};`])).toEqual([rule]);
  });

  it.each([
    "CREATE TABLE t (id uuid PRIMARY KEY, a int NOT NULL CHECK (a > 0)); CREATE INDEX i ON t (a); INSERT INTO t VALUES (';DROP TABLE users')",
    'CREATE TABLE t (id uuid); ALTER TABLE t ADD COLUMN b int NOT NULL, ADD CONSTRAINT c CHECK (b > 0)',
    "ALTER TABLE events ADD COLUMN a text NOT NULL DEFAULT 'x', ADD COLUMN b jsonb",
    'ALTER TABLE events ADD CONSTRAINT c CHECK (version > 0) NOT VALID',
    'ALTER TABLE events DROP CONSTRAINT c, ALTER COLUMN title DROP NOT NULL, ALTER COLUMN title SET DEFAULT NULL',
    'ALTER TABLE events ADD CONSTRAINT u UNIQUE USING INDEX events_u',
    'CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DELETE FROM t; UPDATE t SET a = 1; RETURN NULL; END $$',
    'UPDATE events SET url = NULL WHERE false',
  ])('find nothing in: %s', (sql) => {
    expect(lintMigration([sql])).toEqual([]);
  });

  it('allow an index without blocking only outside of a transaction', () => {
    const sql = ['CREATE INDEX CONCURRENTLY i ON events (title)', 'DROP INDEX CONCURRENTLY j'];
    expect(lintMigration(sql, false)).toEqual([]);
    expect(lintMigration(sql)).toEqual(['concurrently-in-transaction']);
  });
});

describe('a migration that does not get its lock', () => {
  const NEWEST = 'id = (SELECT max(id) FROM schema_migrations)';

  it('gives up for a while, so that others need not wait behind it, and runs once the lock is free', async () => {
    const database = await createDatabase();
    const holder = await LockHolder.begin(database);
    try {
      await database.query('DROP SCHEMA public CASCADE');
      await database.query('CREATE SCHEMA public');
      await migrate(database.url);
      await undoUntilEventUrl(database.url);
      await holder.query('SELECT FROM events');
      // It waits two seconds for each of these attempts; the transaction of somebody else is longer.
      await expect(migrate(database.url, { pausesMs: [10] })).rejects.toThrow(/did not get a lock that it needs/);
      const running = migrate(database.url, { pausesMs: Array.from({ length: 50 }, () => 100) });
      const waiting = `SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
      while ((await database.query(waiting)).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      await holder.release();
      expect(await running).toContain('EventUrl20261126100000');
      expect(await database.query(`SELECT 1 AS one FROM schema_migrations WHERE ${NEWEST}`)).toEqual([{ one: 1 }]);
      expect(await migrate(database.url)).toEqual([]);
    } finally {
      await holder.release();
      await database.drop();
    }
  });
});

/** Leaves the schema of the baseline. */
async function undoUntilEventUrl(url: string): Promise<void> {
  const migrations = await readMigrations();
  const dataSource = await new DataSource(dataSourceOptions({ url, statementSeconds: 0 }, { migrations })).initialize();
  for (let count = 1; count < migrations.length; count += 1) await dataSource.undoLastMigration();
  await dataSource.destroy();
}
