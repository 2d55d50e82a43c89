import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource, type DataSourceOptions, type MigrationInterface, type QueryRunner } from 'typeorm';
import { dataSourceOptions } from './data-source.js';
import { isLockTimeout } from './database-errors.js';

const MIGRATIONS = new URL('../../../migrations/', import.meta.url);
// Any constant: servers that start together take turns.
const MIGRATION_LOCK = 7_203_111;
const TURN_MS = 50;

/** The database cannot be used by this version of the program. The message says why and what to do. */
export class DatabaseVersionError extends Error {}

/**
 * How long a migration waits for a lock. While it waits for one that a long transaction holds, everybody else waits behind
 * it: it gives up early, and tries again when others have had their turn.
 */
const LOCK_MS = 2_000;
const PAUSES_MS = [1_000, 2_000, 4_000, 8_000, 8_000, 8_000, 8_000, 8_000, 8_000];

interface MigrateOptions {
  /** How long to wait before each further attempt when a lock is not granted, in milliseconds. */
  pausesMs?: readonly number[];
  /** Receives a sentence when a newer version of the program has migrated the database. */
  warn?: (sentence: string) => void;
}

/**
 * Brings the schema up to date. Safe on several servers at once, and beside servers of the version before. Changes nothing
 * when a newer version has done so: a server of the version before may start again in the middle of an upgrade. Returns
 * the names of the migrations that ran.
 * @throws DatabaseVersionError
 */
export async function migrate(url: string, { pausesMs = PAUSES_MS, warn }: MigrateOptions = {}): Promise<string[]> {
  const options = dataSourceOptions(
    // A migration of a large database takes its time, and other servers wait for it.
    { url, poolSize: 3, connectSeconds: 30, statementSeconds: 0 },
    { migrations: await loadMigrations() },
  );
  const dataSource = await new DataSource(options).initialize();
  const lock = dataSource.createQueryRunner();
  try {
    await requireVersion(dataSource);
    await requireKnownMigrations(dataSource, warn);
    await takeTurn(lock);
    const before = new Set(await listRan(dataSource));
    await runMigrations(options, [...pausesMs]);
    return (await listRan(dataSource)).filter((name) => !before.has(name));
  } finally {
    await lock.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    await lock.release();
    await dataSource.destroy();
  }
}

interface TurnRow {
  granted: boolean;
}

/** Waits for other servers that migrate. Asks again and again: a statement that waits would hold up CREATE INDEX CONCURRENTLY. */
async function takeTurn(lock: QueryRunner): Promise<void> {
  for (;;) {
    const rows = (await lock.query('SELECT pg_try_advisory_lock($1) AS granted', [MIGRATION_LOCK])) as TurnRow[];
    if (rows[0]?.granted) return;
    await sleep(TURN_MS);
  }
}

/** Each migration that ran stays, so that another attempt goes on with the one that did not get its lock. */
async function runMigrations(options: DataSourceOptions, pausesMs: number[]): Promise<void> {
  const extra = { ...(options.extra as object), lock_timeout: LOCK_MS };
  const dataSource = await new DataSource({ ...options, extra }).initialize();
  try {
    for (;;) {
      try {
        return void (await dataSource.runMigrations());
      } catch (error) {
        if (!isLockTimeout(error)) throw error;
        const pause = pausesMs.shift();
        if (pause === undefined) {
          throw new DatabaseVersionError(
            'A migration did not get a lock that it needs: a transaction on the database has been open for too long. End that transaction (see pg_stat_activity), and start the server again.',
          );
        }
        await sleep(pause);
      }
    }
  } finally {
    await dataSource.destroy();
  }
}

/** Returns true when every migration has run. Only reads. */
export async function isUpToDate(dataSource: DataSource): Promise<boolean> {
  const names = new Set(await listRan(dataSource));
  return (await neededMigrations()).every((name) => names.has(name));
}

/** Returns the names of the migrations that this version of the program needs. */
export async function neededMigrations(): Promise<string[]> {
  return (await loadMigrations()).map(({ name }) => name);
}

/** Returns the names of the migrations that have run. */
async function listRan(dataSource: DataSource): Promise<string[]> {
  const [table] = await dataSource.query<{ name: string | null }[]>(`SELECT to_regclass('schema_migrations') AS name`);
  if (!table?.name) return [];
  const rows = await dataSource.query<{ name: string }[]>('SELECT name FROM schema_migrations');
  return rows.map(({ name }) => name);
}

/** The first migration of the development versions, which the baseline replaced. */
const BEFORE_BASELINE = 'Core20261120090000';

/** @throws DatabaseVersionError for a database that a version has made on which this one is not based, or the other way */
async function requireKnownMigrations(dataSource: DataSource, warn?: (sentence: string) => void): Promise<void> {
  const ran = await listRan(dataSource);
  if (ran.includes(BEFORE_BASELINE)) {
    throw new DatabaseVersionError(
      'This database was made by Convene 0.1, which this version cannot upgrade. Start with an empty database: choose another DATABASE_URL, or another DATA_DIR for the embedded one.',
    );
  }
  const known = await neededMigrations();
  const unknown = ran.filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  // What comes after all that this version knows was made to work with it.
  const isNewer = known.every((name) => ran.includes(name)) && unknown.every((name) => isAfter(name, known.at(-1)!));
  if (!isNewer) {
    throw new DatabaseVersionError(
      `This database was made by another version of Convene (it has the migration ${unknown[0]}). Start that version, or a newer one.`,
    );
  }
  warn?.(
    `A newer version of Convene has migrated the database (${unknown.join(', ')}). This version works beside it until the upgrade is complete.`,
  );
}

/** Names end with their time. */
const isAfter = (name: string, other: string): boolean => timeOf(name) > timeOf(other);
const timeOf = (name: string): number => Number(/\d{14}$/.exec(name)?.[0] ?? 0);

async function requireVersion(dataSource: DataSource): Promise<void> {
  const [row] = await dataSource.query<{ version: string }[]>(
    `SELECT current_setting('server_version_num') AS version`,
  );
  if (Number(row?.version) < 150_000) {
    throw new DatabaseVersionError(`Convene needs PostgreSQL 15 or later; this server is ${row?.version}.`);
  }
}

type Migration = new () => MigrationInterface;

let loading: Promise<Migration[]> | undefined;

/** Every class in the migrations folder, read once: the folder may belong to another version by the time of a later call. */
function loadMigrations(): Promise<Migration[]> {
  loading ??= readMigrations();
  loading.catch(() => (loading = undefined));
  return loading;
}

/** Imported here, not by TypeORM, so that it works from source as well. */
async function readMigrations(): Promise<Migration[]> {
  const files = (await readdir(MIGRATIONS)).filter((name) => /(?<!\.d)\.[jt]s$/.test(name)).sort();
  const modules = await Promise.all(
    files.map((name) => import(new URL(name, MIGRATIONS).href) as Promise<Record<string, Migration>>),
  );
  return modules.flatMap((module) => Object.values(module));
}
