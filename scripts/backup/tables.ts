import type { ClientBase } from 'pg';

/** A table with data of its own; of a partitioned one the whole. */
export interface Table {
  name: string;
  /** All columns in alphabetical order, because tables that grew in different ways have them in different orders. */
  columns: string[];
  /** Those of the columns that PostgreSQL computes, and that nobody can write. */
  generated: string[];
}

export interface Partition {
  name: string;
  parent: string;
  /** `FOR VALUES …` or `DEFAULT`. */
  bound: string;
}

export interface Sequence {
  name: string;
  value: string;
  isCalled: boolean;
}

/** Not of extensions, which create their own tables when they are created. */
const OURS = `c.relnamespace = current_schema()::regnamespace
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')`;

/** Returns the tables by name, without `schema_migrations`, which the migrations of the restored database fill. */
export async function listTables(client: ClientBase): Promise<Table[]> {
  const { rows } = await client.query<Table>(`
    SELECT c.relname AS name,
           array_agg(a.attname::text ORDER BY a.attname) AS columns,
           coalesce(array_agg(a.attname::text) FILTER (WHERE a.attgenerated <> ''), '{}') AS generated
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE ${OURS} AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> 'schema_migrations'
     GROUP BY c.relname ORDER BY c.relname`);
  return rows;
}

export async function listPartitions(client: ClientBase): Promise<Partition[]> {
  const { rows } = await client.query<Partition>(`
    SELECT c.relname AS name, i.inhparent::regclass::text AS parent, pg_get_expr(c.relpartbound, c.oid) AS bound
      FROM pg_class c JOIN pg_inherits i ON i.inhrelid = c.oid WHERE ${OURS} AND c.relkind = 'r' AND c.relispartition ORDER BY 1`);
  return rows;
}

/** Returns the sequences, without that of `schema_migrations`. A sequence may be ahead of what a snapshot shows. */
export async function listSequences(client: ClientBase): Promise<Sequence[]> {
  const { rows: names } = await client.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c
      WHERE ${OURS} AND c.relkind = 'S' AND c.relname !~ '^schema_migrations' ORDER BY 1`,
  );
  const sequences: Sequence[] = [];
  for (const { name } of names) {
    const { rows } = await client.query<Sequence>(
      `SELECT $1 AS name, last_value::text AS value, is_called AS "isCalled" FROM ${client.escapeIdentifier(name)}`,
      [name],
    );
    sequences.push(rows[0]!);
  }
  return sequences;
}

/** Returns the names of the migrations that have run, in alphabetical order; none for a database without any. */
export async function listMigrations(client: ClientBase): Promise<string[]> {
  const found = await client.query<{ name: string | null }>(`SELECT to_regclass('schema_migrations') AS name`);
  if (!found.rows[0]?.name) return [];
  const { rows } = await client.query<{ name: string }>('SELECT name FROM schema_migrations ORDER BY name');
  return rows.map(({ name }) => name);
}

/** What a table contains, whatever the order of its rows. */
export interface Contents {
  rows: number;
  /** The sum of 64 bits of the SHA-256 of every row, with the columns that PostgreSQL computes. */
  checksum: string;
}

/**
 * Returns what a table contains as of the snapshot of the transaction. Both databases must be read with the same
 * settings, because it depends on how values are written as text.
 */
export async function readContents(client: ClientBase, { name, columns }: Table): Promise<Contents> {
  const row = columns.map((column) => client.escapeIdentifier(column)).join(', ');
  const { rows } = await client.query<Contents>(`
    SELECT count(*)::int AS rows,
           coalesce(sum(('x' || encode(substring(sha256(convert_to(ROW(${row})::text, 'UTF8')) FOR 8), 'hex'))::bit(64)::bigint), 0)::text
             AS checksum
      FROM ${client.escapeIdentifier(name)}`);
  return rows[0]!;
}
