import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { withConnection } from './connection.js';
import {
  type Contents,
  listMigrations,
  listPartitions,
  listSequences,
  listTables,
  type Partition,
  readContents,
  type Sequence,
  type Table,
} from './tables.js';

/** A table of a dump. Its rows are in a file of its own, in the text format of COPY. */
export interface DumpedTable extends Table, Contents {
  bytes: number;
}

/** A dump: one file per table in a folder, and this. */
export interface Dump {
  folder: string;
  migrations: string[];
  tables: DumpedTable[];
  partitions: Partition[];
  sequences: Sequence[];
}

export const fileOf = (folder: string, { name }: Table): string => join(folder, `${name}.copy`);

/** Returns the columns that COPY writes and reads, as SQL. */
export const copiedColumns = (client: Client, { columns, generated }: Table): string =>
  columns
    .filter((column) => !generated.includes(column))
    .map((column) => client.escapeIdentifier(column))
    .join(', ');

/**
 * Writes all rows of a database to files, as of one moment: every transaction that committed before is in them, whole, and
 * none that committed later. Takes no lock that a server waits for.
 * @param onSnapshot called when that moment has passed
 */
export async function dumpDatabase(url: string, folder: string, onSnapshot?: () => Promise<void>): Promise<Dump> {
  return withConnection(url, async (client) => {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    // The first statement takes the snapshot.
    const migrations = await listMigrations(client);
    await onSnapshot?.();
    const partitions = await listPartitions(client);
    const tables: DumpedTable[] = [];
    for (const table of await listTables(client)) {
      const columns = copiedColumns(client, table);
      const copy = copyTo(`COPY (SELECT ${columns} FROM ${client.escapeIdentifier(table.name)}) TO STDOUT`);
      await pipeline(client.query(copy), createWriteStream(fileOf(folder, table)));
      const { size: bytes } = await stat(fileOf(folder, table));
      tables.push({ ...table, ...(await readContents(client, table)), bytes });
    }
    const sequences = await listSequences(client);
    await client.query('COMMIT');
    return { folder, migrations, tables, partitions, sequences };
  });
}
