import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { withConnection } from './connection.js';
import { copiedColumns, type Dump, type DumpedTable, fileOf } from './dump.js';
import { listPartitions, listTables, readContents } from './tables.js';

/** Something that is wrong with a backup, as a sentence for people. */
export class BackupError extends Error {}

/** Triggers and foreign keys that are off while rows arrive, with the statements that end that. */
interface Suspended {
  triggers: string[];
  foreignKeys: { table: string; name: string; add: string }[];
}

/**
 * Fills an empty, migrated database with a dump. Foreign keys are checked for all rows at the end; checks, unique keys and
 * exclusions while rows arrive. Triggers don't fire: what they would write is in the dump.
 * @returns the tables of the dump that this version of Convene has not
 * @throws BackupError for rows that the database refuses
 */
export async function restoreDump(url: string, dump: Dump): Promise<string[]> {
  return withConnection(url, async (client) => {
    const known = new Set((await listTables(client)).map(({ name }) => name));
    const ours = dump.tables.filter(({ name }) => known.has(name));
    await client.query('BEGIN');
    await addPartitions(client, dump);
    const suspended = await suspend(client);
    // The migrations have made some, such as the system's own account.
    for (const { name } of ours) await deleteRows(client, name);
    for (const table of ours) await copyRows(client, dump.folder, table);
    await resume(client, suspended);
    for (const { name, value, isCalled } of dump.sequences) {
      await client.query('SELECT setval(to_regclass(quote_ident($1)), $2, $3)', [name, value, isCalled]);
    }
    await client.query('COMMIT');
    return dump.tables.filter(({ name }) => !known.has(name)).map(({ name }) => name);
  });
}

/** Returns a sentence for each table that does not contain what the dumped database contained. */
export async function compareWithDump(url: string, { tables }: Dump): Promise<string[]> {
  return withConnection(url, async (client) => {
    const known = new Set((await listTables(client)).map(({ name }) => name));
    const differences: string[] = [];
    for (const table of tables.filter(({ name }) => known.has(name))) {
      const { rows, checksum } = await readContents(client, table);
      if (rows !== table.rows) differences.push(`The table ${table.name} had ${table.rows} rows and has ${rows}.`);
      else if (checksum !== table.checksum)
        differences.push(`Rows of the table ${table.name} differ from those dumped.`);
    }
    return differences;
  });
}

async function addPartitions(client: Client, { partitions }: Dump): Promise<void> {
  const existing = new Set((await listPartitions(client)).map(({ name }) => name));
  for (const { name, parent, bound } of partitions.filter((partition) => !existing.has(partition.name))) {
    await client.query(`CREATE TABLE ${client.escapeIdentifier(name)} PARTITION OF ${parent} ${bound}`);
  }
}

async function suspend(client: Client): Promise<Suspended> {
  const { rows: triggers } = await client.query<{ table: string; name: string; enable: string }>(
    `SELECT tgrelid::regclass::text AS table, quote_ident(tgname) AS name,
            CASE tgenabled WHEN 'A' THEN 'ENABLE ALWAYS' ELSE 'ENABLE' END AS enable FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
      WHERE NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgparentid = 0 AND c.relnamespace = current_schema()::regnamespace`,
  );
  const { rows: foreignKeys } = await client.query<{ table: string; name: string; definition: string }>(
    `SELECT conrelid::regclass::text AS table, quote_ident(conname) AS name, pg_get_constraintdef(oid) AS definition
       FROM pg_constraint WHERE contype = 'f' AND conparentid = 0 AND connamespace = current_schema()::regnamespace`,
  );
  for (const { table, name } of triggers) await client.query(`ALTER TABLE ${table} DISABLE TRIGGER ${name}`);
  for (const { table, name } of foreignKeys) await client.query(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`);
  return {
    triggers: triggers.map(({ table, name, enable }) => `ALTER TABLE ${table} ${enable} TRIGGER ${name}`),
    foreignKeys: foreignKeys.map(({ table, name, definition }) => ({
      table,
      name,
      add: `ALTER TABLE ${table} ADD CONSTRAINT ${name} ${definition}`,
    })),
  };
}

async function resume(client: Client, { triggers, foreignKeys }: Suspended): Promise<void> {
  for (const { table, name, add } of foreignKeys) {
    await explain(client.query(add), `The restored rows of the table ${table} violate its foreign key ${name}`);
  }
  for (const statement of triggers) await client.query(statement);
}

async function deleteRows(client: Client, name: string): Promise<void> {
  const table = client.escapeIdentifier(name);
  const { rows } = await client.query<{ filled: boolean }>(`SELECT EXISTS (SELECT FROM ${table}) AS filled`);
  if (rows[0]!.filled) await client.query(`DELETE FROM ${table}`);
}

async function copyRows(client: Client, folder: string, table: DumpedTable): Promise<void> {
  const columns = copiedColumns(client, table);
  const copy = copyFrom(`COPY ${client.escapeIdentifier(table.name)} (${columns}) FROM STDIN`);
  const copied = pipeline(createReadStream(fileOf(folder, table)), client.query(copy));
  await explain(copied, `The rows of the table ${table.name} cannot be restored`);
}

/** @throws BackupError that begins with `what` */
async function explain(work: Promise<unknown>, what: string): Promise<void> {
  try {
    await work;
  } catch (error) {
    throw new BackupError(`${what}: ${(error as Error).message}.`, { cause: error });
  }
}
