import { readdir } from 'node:fs/promises';
import { DataSource, type MigrationInterface } from 'typeorm';
import { dataSourceOptions } from './data-source.js';

const MIGRATIONS = new URL('../../../migrations/', import.meta.url);
// An arbitrary constant: servers that start at the same time take turns.
const MIGRATION_LOCK = 7_203_111;

/** Runs the pending migrations and returns their names. Several servers may call it at once. */
export async function migrate(url: string): Promise<string[]> {
  const dataSource = await new DataSource(
    dataSourceOptions({ url, poolSize: 3, waitSeconds: 30 }, { migrations: await loadMigrations() }),
  ).initialize();
  const lock = dataSource.createQueryRunner();
  try {
    await requireVersion(dataSource);
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const ran = await dataSource.runMigrations();
    return ran.map((migration) => migration.name);
  } finally {
    await lock.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    await lock.release();
    await dataSource.destroy();
  }
}

/** True if every migration has run. Only reads from the database. */
export async function isUpToDate(dataSource: DataSource): Promise<boolean> {
  const [table] = await dataSource.query<{ name: string | null }[]>(`SELECT to_regclass('schema_migrations') AS name`);
  if (!table?.name) return false;
  const ran = await dataSource.query<{ name: string }[]>('SELECT name FROM schema_migrations');
  const names = new Set(ran.map(({ name }) => name));
  return (await loadMigrations()).every(({ name }) => names.has(name));
}

async function requireVersion(dataSource: DataSource): Promise<void> {
  const [row] = await dataSource.query<{ version: string }[]>(
    `SELECT current_setting('server_version_num') AS version`,
  );
  if (Number(row?.version) < 150_000) {
    throw new Error(`PostgreSQL 15 or later is required; this server reports version ${row?.version}`);
  }
}

/** Imports every class in the migrations folder. TypeORM could not import them from the TypeScript sources. */
async function loadMigrations(): Promise<(new () => MigrationInterface)[]> {
  const files = (await readdir(MIGRATIONS)).filter((name) => /(?<!\.d)\.[jt]s$/.test(name)).sort();
  const modules = await Promise.all(
    files.map(
      (name) => import(new URL(name, MIGRATIONS).href) as Promise<Record<string, new () => MigrationInterface>>,
    ),
  );
  return modules.flatMap((module) => Object.values(module));
}
