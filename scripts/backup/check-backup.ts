import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { formatProblem } from '../../src/history/verify-history.js';
import { dataSourceOptions } from '../../src/platform/database/data-source.js';
import { migrate, neededMigrations } from '../../src/platform/database/migrate.js';
import { formatSummary, verifyInSnapshot } from '../verify-in-snapshot.js';
import { type Dump, dumpDatabase } from './dump.js';
import { BackupError, compareWithDump, restoreDump } from './restore.js';
import { createTemporaryDatabase } from './temporary-database.js';

interface CheckOptions {
  /** Restores on the server of the database, instead of in a PostgreSQL of its own. */
  onServer?: boolean;
  /** Receives one line per step. */
  say: (line: string) => void;
  /** Called when the dump is written, before it is restored. */
  onDumped?: (dump: Dump) => Promise<void>;
  /** Ends the check early; everything that it made is removed. */
  signal?: AbortSignal;
}

/**
 * Dumps a database while others write to it, restores the dump into an empty database, verifies the history there, and
 * compares it with what was dumped. Removes everything that it made.
 * @returns a sentence for each failure
 */
export async function checkBackup(
  url: string,
  { onServer = false, say, onDumped, signal }: CheckOptions,
): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'convene-backup-check-'));
  try {
    const dumping = stopwatch();
    const dump = await dumpDatabase(url, folder);
    const rows = sum(dump.tables.map((table) => table.rows));
    const bytes = sum(dump.tables.map((table) => table.bytes));
    for (const table of dump.tables) say(`  ${table.name.padEnd(24)} ${format(table.rows).padStart(12)} rows`);
    say(`Dumped ${dump.tables.length} tables, ${format(rows)} rows, ${size(bytes)}, in ${dumping()} s.`);
    await requireSameMigrations(dump);
    await onDumped?.(dump);
    signal?.throwIfAborted();

    const database = await createTemporaryDatabase(url, onServer);
    try {
      return await restoreAndVerify(database, dump, say, signal);
    } finally {
      await database.remove();
    }
  } catch (error) {
    if (error instanceof BackupError) return [error.message];
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function restoreAndVerify(
  { url, place }: { url: string; place: string },
  dump: Dump,
  say: (line: string) => void,
  signal?: AbortSignal,
): Promise<string[]> {
  const restoring = stopwatch();
  await migrate(url);
  signal?.throwIfAborted();
  const foreign = await restoreDump(url, dump);
  say(`Restored it into ${place} in ${restoring()} s.`);
  for (const name of foreign) say(`Not covered: Convene did not make the table ${name}.`);
  signal?.throwIfAborted();

  const failures: string[] = [];
  const verifying = stopwatch();
  const dataSource = await new DataSource(dataSourceOptions({ url, poolSize: 1, statementSeconds: 0 })).initialize();
  try {
    const summary = await verifyInSnapshot(dataSource, (problem) =>
      failures.push(`History: ${formatProblem(problem)}.`),
    );
    say(`Verified the restored history in ${verifying()} s: ${formatSummary(summary)}.`);
  } finally {
    await dataSource.destroy();
  }
  signal?.throwIfAborted();
  const differences = await compareWithDump(url, dump);
  say(`Compared every row with the snapshot: ${differences.length === 0 ? 'no differences' : 'differences'}.`);
  return [...failures, ...differences];
}

/** A newer program can have migrated the database since, and what it dumped then has columns that nothing here knows. */
async function requireSameMigrations({ migrations }: Dump): Promise<void> {
  const needed = new Set(await neededMigrations());
  const [missing] = [...needed].filter((name) => !migrations.includes(name));
  const [unknown] = migrations.filter((name) => !needed.has(name));
  if (missing) throw new BackupError(`The database lacks the migration ${missing}: start the server once.`);
  if (unknown) {
    throw new BackupError(`The database has the migration ${unknown} of a newer version of Convene: use that version.`);
  }
}

function stopwatch(): () => string {
  const start = performance.now();
  return () => ((performance.now() - start) / 1_000).toFixed(1);
}

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);
const format = (number: number): string => number.toLocaleString('en');
const size = (bytes: number): string =>
  bytes < 1e6 ? `${format(Math.ceil(bytes / 1e3))} kB` : `${format(Math.round(bytes / 1e5) / 10)} MB`;
