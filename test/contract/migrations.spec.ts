import { readdir } from 'node:fs/promises';
import { DataSource } from 'typeorm';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { dataSourceOptions } from '../../src/platform/database/data-source.js';
import { migrate } from '../../src/platform/database/migrate.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { LockHolder } from '../support/held-locks.js';

type Class = new () => object;

async function classesIn(folder: string, files: RegExp): Promise<Class[]> {
  const root = new URL(`../../${folder}/`, import.meta.url);
  const names = (await readdir(root, { recursive: true })).filter((name) => files.test(name)).sort();
  const modules = await Promise.all(names.map((name) => import(new URL(name, root).href) as Promise<object>));
  return modules
    .flatMap((module) => Object.values(module) as unknown[])
    .filter((value) => typeof value === 'function') as Class[];
}

/** Everything that migrations have made, in words that can be compared; nothing of the extensions. */
async function describeSchema(database: TestDatabase): Promise<string[]> {
  const rows = await database.query<{ line: string }>(`
    WITH ours AS (
      SELECT c.oid, c.relname, c.relkind FROM pg_class c
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind <> 'i' AND c.relname !~ '^schema_migrations'
         AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')),
    ours_functions AS (
      SELECT p.oid FROM pg_proc p
       WHERE p.pronamespace = 'public'::regnamespace
         AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e'))
    SELECT format('%s %s', relkind, relname) AS line FROM ours
    UNION ALL
    SELECT format('%s.%s %s %s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
                  CASE WHEN a.attnotnull THEN 'not null' ELSE 'null' END, pg_get_expr(d.adbin, d.adrelid))
      FROM ours c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
     WHERE c.relkind = 'r'
    UNION ALL
    SELECT format('%s %s', k.conname, pg_get_constraintdef(k.oid)) FROM pg_constraint k JOIN ours c ON c.oid = k.conrelid
    UNION ALL
    SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN ours c ON c.oid = i.indrelid
    UNION ALL
    SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN ours c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal
    UNION ALL
    SELECT pg_get_functiondef(oid) FROM ours_functions
    ORDER BY 1`);
  return rows.map(({ line }) => line);
}

describe('the migrations', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let entities: Class[];

  beforeAll(async () => {
    database = await createDatabase();
    entities = await classesIn('src', /\.entity\.ts$/);
    dataSource = await new DataSource(
      dataSourceOptions({ url: database.url }, { entities, migrations: await classesIn('migrations', /\.ts$/) }),
    ).initialize();
  });

  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  /** The statements that would bring the database to the schema of the entities. */
  const drift = async (): Promise<string[]> =>
    (await dataSource.driver.createSchemaBuilder().log()).upQueries.map(({ query }) => query);

  it('lead from nothing up, back down to nothing, and up again to the same', async () => {
    await database.query('DROP SCHEMA public CASCADE');
    await database.query('CREATE SCHEMA public');
    const names = dataSource.migrations.map(({ name }) => name);

    expect(await migrate(database.url)).toEqual(names);
    const up = await describeSchema(database);
    expect(up).toEqual(
      expect.arrayContaining(['r events', 'r event_versions', 'r event_occupancy', 'r idempotency_keys']),
    );

    for (const _ of names) await dataSource.undoLastMigration();
    expect(await describeSchema(database)).toEqual([]);

    expect(await migrate(database.url)).toEqual(names);
    expect(await describeSchema(database)).toEqual(up);
    expect(await migrate(database.url)).toEqual([]);
  });

  it('run once when several servers start together', async () => {
    const other = await createDatabase();
    try {
      await other.query('DROP SCHEMA public CASCADE');
      await other.query('CREATE SCHEMA public');
      const ran = await Promise.all([1, 2, 3].map(() => migrate(other.url)));
      expect(ran.map(({ length }) => length).sort((a, b) => b - a)).toEqual([dataSource.migrations.length, 0, 0]);
    } finally {
      await other.drop();
    }
  });

  it('build an index again that an attempt left unfinished', async () => {
    const other = await createDatabase();
    const [name, index] = ['AdministrationIndexes20261129110000', 'events_trash_idx'];
    const superuser = new URL(inject('superuserUrl'));
    superuser.pathname = new URL(other.url).pathname;
    const killed = await LockHolder.begin(other, superuser.href);
    try {
      await killed.query('DELETE FROM schema_migrations WHERE name = $1', [name]);
      // The migration validates this check, which a later one replaces.
      await killed.query('ALTER TABLE events ADD CONSTRAINT events_purged_check CHECK (true) NOT VALID');
      await killed.query(`UPDATE pg_index SET indisvalid = false WHERE indexrelid = '${index}'::regclass`);
      await killed.commit();
      expect(await migrate(other.url)).toEqual([name]);
      const [row] = await other.query(
        `SELECT indisvalid AS valid FROM pg_index WHERE indexrelid = '${index}'::regclass`,
      );
      expect(row).toEqual({ valid: true });
    } finally {
      await killed.release();
      await other.drop();
    }
  });

  it('make just what the entities describe', async () => {
    expect(dataSource.entityMetadatas.length).toBeGreaterThanOrEqual(8);
    expect(await drift()).toEqual([]);
  });

  it.each([
    ['an older 0.1', 'Core20261120090000', /made by Convene 0\.1/],
    ['another line of versions', 'Elsewhere20261127090001', /another version of Convene/],
  ])('refuse a database of %s with a clear sentence, and leave it alone', async (_what, name, sentence) => {
    const other = await createDatabase();
    try {
      await other.query(`INSERT INTO schema_migrations (timestamp, name) VALUES (1, $1)`, [name]);
      const before = await describeSchema(other);
      await expect(migrate(other.url)).rejects.toThrow(sentence);
      expect(await describeSchema(other)).toEqual(before);
    } finally {
      await other.drop();
    }
  });

  it('leave a database alone that a newer version has migrated, and say so', async () => {
    const other = await createDatabase();
    try {
      await other.query(`INSERT INTO schema_migrations (timestamp, name) VALUES (1, 'Tomorrow20990101000000')`);
      const before = await describeSchema(other);
      const warnings: string[] = [];
      expect(await migrate(other.url, { warn: (sentence) => warnings.push(sentence) })).toEqual([]);
      expect(warnings).toEqual([expect.stringContaining('(Tomorrow20990101000000)')]);
      expect(await describeSchema(other)).toEqual(before);

      // Not when one of its own is missing.
      await other.query(`DELETE FROM schema_migrations WHERE id = (SELECT max(id) - 1 FROM schema_migrations)`);
      await expect(migrate(other.url)).rejects.toThrow(/another version of Convene/);
    } finally {
      await other.drop();
    }
  });

  it.each([
    ['a column without an entity', 'ALTER TABLE events ADD COLUMN forgotten text'],
    ['a column of another type', 'ALTER TABLE events ALTER COLUMN url TYPE varchar(20)'],
    ['a lost index', 'DROP INDEX events_updated_at_idx'],
    ['a lost check', 'ALTER TABLE events DROP CONSTRAINT events_show_as_check'],
    ['a lost default', 'ALTER TABLE users ALTER COLUMN role DROP DEFAULT'],
  ])('are reported to have drifted by %s', async (_what, statement) => {
    const copy = await createDatabase();
    const other = await new DataSource(dataSourceOptions({ url: copy.url }, { entities })).initialize();
    try {
      await copy.query(statement);
      expect((await other.driver.createSchemaBuilder().log()).upQueries).not.toEqual([]);
    } finally {
      await other.destroy();
      await copy.drop();
    }
  });
});
