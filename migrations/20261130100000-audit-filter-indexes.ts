import type { MigrationInterface, QueryRunner } from 'typeorm';

interface Index {
  name: string;
  /** What follows the name of the table. */
  definition: string;
  /** Ends the name of the index of a partition, as PostgreSQL itself names it. */
  suffix: string;
}

const INDEXES: Index[] = [
  { name: 'audit_entries_kind_idx', definition: '(kind, at, id)', suffix: 'kind_at_id_idx' },
  {
    name: 'audit_entries_request_id_idx',
    definition: '(request_id, at, id) WHERE request_id IS NOT NULL',
    suffix: 'request_id_at_id_idx',
  },
  {
    name: 'audit_entries_event_id_idx',
    definition: '(event_id, at, id) WHERE event_id IS NOT NULL',
    suffix: 'event_id_at_id_idx',
  },
  { name: 'audit_entries_refused_idx', definition: `(at, id) WHERE outcome = 'refused'`, suffix: 'at_id_idx' },
];

/**
 * Every filter of the audit trail has an index. A partitioned table has none that is built while writers go on, so each
 * partition gets its own in that way, and the index of the whole table, which is empty, is made of them.
 */
export class AuditFilterIndexes20261130100000 implements MigrationInterface {
  name = 'AuditFilterIndexes20261130100000';
  // CONCURRENTLY has transactions of its own. Each statement may run again.
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    for (const { name, definition, suffix } of INDEXES) {
      await runner.query(`CREATE INDEX IF NOT EXISTS ${name} ON ONLY audit_entries ${definition}`);
      for (const partition of await listPartitionsWithout(runner, name)) {
        const own = `${partition}_${suffix}`;
        if (await isUnfinished(runner, own)) await runner.query(`DROP INDEX CONCURRENTLY ${own}`);
        await runner.query(`CREATE INDEX CONCURRENTLY IF NOT EXISTS ${own} ON ${partition} ${definition}`);
        await runner.query(`ALTER INDEX ${name} ATTACH PARTITION ${own}`);
      }
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    // Not concurrently: TypeORM undoes every migration in a transaction.
    await runner.query(`DROP INDEX IF EXISTS ${INDEXES.map(({ name }) => name).join(', ')}`);
  }
}

/** Returns the partitions of the audit trail that do not have an index yet. One that is created meanwhile has it. */
async function listPartitionsWithout(runner: QueryRunner, index: string): Promise<string[]> {
  const sql = `
    SELECT p.inhrelid::regclass::text AS name FROM pg_inherits p
     WHERE p.inhparent = 'audit_entries'::regclass
       AND NOT EXISTS (SELECT FROM pg_inherits i JOIN pg_index x ON x.indexrelid = i.inhrelid
                        WHERE i.inhparent = '${index}'::regclass AND x.indrelid = p.inhrelid)
     ORDER BY 1`;
  return ((await runner.query(sql)) as { name: string }[]).map(({ name }) => name);
}

/** Returns whether an attempt to build the index ended before it was complete. */
async function isUnfinished(runner: QueryRunner, name: string): Promise<boolean> {
  const sql = `SELECT FROM pg_index i WHERE i.indexrelid = to_regclass('${name}') AND NOT i.indisvalid`;
  return ((await runner.query(sql)) as object[]).length > 0;
}
