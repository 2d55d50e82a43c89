import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../src/platform/database/data-source.js';
import type { TestDatabase } from './database.js';

const FOLDER = fileURLToPath(new URL('../fixtures/history/', import.meta.url));

/** In the order in which rows can be inserted again. */
const TABLES = ['users', 'events', 'event_permissions', 'event_versions', 'member_changes', 'notification_streams'];

/** A history as a past version of the program wrote it. */
export interface HistoryFixture {
  /** Number of the snapshot schema. */
  schema: number;
  /** Names of the migrations that had run. */
  migrations: string[];
  rows: Record<string, object[]>;
}

/** Returns the histories of all schemas, oldest first. */
export const readFixtures = (): HistoryFixture[] =>
  readdirSync(FOLDER)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(FOLDER + name, 'utf8')) as HistoryFixture);

/** Writes what is in the database as the fixture of a schema. */
export async function recordFixture(database: TestDatabase, schema: number): Promise<void> {
  const migrations = await database.query<{ name: string }>('SELECT name FROM schema_migrations ORDER BY id');
  const rows: HistoryFixture['rows'] = {};
  for (const table of TABLES) {
    const found = await database.query<{ row: object }>(`SELECT to_jsonb(t) AS row FROM ${table} t ORDER BY t::text`);
    rows[table] = found.map(({ row }) => row);
  }
  const fixture = { schema, migrations: migrations.map(({ name }) => name), rows };
  writeFileSync(`${FOLDER}schema-${schema}.json`, `${JSON.stringify(fixture, null, 2)}\n`);
}

/** Empties a database, takes it back to the migrations of the fixture, and puts the rows of the fixture in. */
export async function loadFixture(database: TestDatabase, { migrations, rows }: HistoryFixture): Promise<void> {
  const folder = new URL('../../migrations/', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));
  const modules = await Promise.all(files.map((name) => import(new URL(name, folder).href) as Promise<object>));
  const classes = modules.flatMap((module) => Object.values(module) as (new () => { name: string })[]);
  await database.query('DROP SCHEMA public CASCADE');
  await database.query('CREATE SCHEMA public');
  const known = classes.filter(({ name }) => migrations.includes(name));
  const dataSource = await new DataSource(dataSourceOptions({ url: database.url }, { migrations: known })).initialize();
  try {
    await dataSource.runMigrations();
  } finally {
    await dataSource.destroy();
  }
  const client = await database.pool.connect();
  try {
    await client.query('BEGIN');
    // Each row comes in at its latest version, which no application could write.
    await client.query('ALTER TABLE events DISABLE TRIGGER events_require_version');
    for (const table of TABLES) {
      await client.query(
        `INSERT INTO ${table} SELECT * FROM jsonb_populate_recordset(NULL::${table}, $1)
                          ON CONFLICT DO NOTHING`,
        [JSON.stringify(rows[table])],
      );
    }
    await client.query('SET CONSTRAINTS ALL IMMEDIATE');
    await client.query('ALTER TABLE events ENABLE TRIGGER events_require_version');
    await client.query('COMMIT');
  } finally {
    client.release();
  }
}
