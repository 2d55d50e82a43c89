import type { Client } from 'pg';

interface Statements {
  remove: string[];
  restore: string[];
}

/** Reads, for each object that a bulk load is faster without, how to remove it and how to restore exactly it. */
const OBJECTS = `
  WITH loaded AS (SELECT to_regclass(name)::oid AS id FROM unnest($1::text[]) AS name)
  SELECT 1 AS place, format('ALTER TABLE %s DISABLE TRIGGER %I', tgrelid::regclass, tgname) AS remove,
         format('ALTER TABLE %s ENABLE TRIGGER %I', tgrelid::regclass, tgname) AS restore
    FROM pg_trigger WHERE tgrelid IN (SELECT id FROM loaded) AND NOT tgisinternal AND tgenabled = 'O'
  UNION ALL
  SELECT CASE contype WHEN 'f' THEN 2 ELSE 4 END, format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
         format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(c.oid))
    FROM pg_constraint c JOIN pg_class t ON t.oid = conrelid
   WHERE conparentid = 0 AND (contype = 'f' AND (conrelid IN (SELECT id FROM loaded) OR confrelid IN (SELECT id FROM loaded))
                              OR contype IN ('p', 'u', 'x') AND relkind = 'r' AND conrelid IN (SELECT id FROM loaded))
  UNION ALL
  SELECT 3, format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
    FROM pg_index i JOIN pg_class t ON t.oid = indrelid
   WHERE indrelid IN (SELECT id FROM loaded) AND relkind = 'r'
     AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u', 'x'))
  ORDER BY place, remove`;

/**
 * Loads tables without their indexes, constraints and triggers, and restores these afterwards: PostgreSQL then builds each
 * index and checks each constraint over all rows at once. The triggers do not look at the loaded rows: what they check must
 * hold, and what they derive must be loaded too. Those that forbid changing history stay active, because they are enabled
 * always, and so does everything on partitioned tables. The caller has opened a transaction, which locks the tables.
 */
export async function withBareTables(
  client: Client,
  tables: readonly string[],
  load: () => Promise<void>,
): Promise<void> {
  const { rows } = await client.query<{ remove: string; restore: string }>(OBJECTS, [tables]);
  const { remove, restore }: Statements = {
    remove: rows.map((row) => row.remove),
    // Keys come back before the foreign keys that refer to them.
    restore: rows.map((row) => row.restore).reverse(),
  };
  for (const statement of remove) await client.query(statement);
  await load();
  for (const statement of restore) await client.query(statement);
}
