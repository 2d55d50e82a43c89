import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The indexes of spans, without and with when each span began. */
const SPAN_INDEXES = {
  visible_spans_start_idx: (since: string) =>
    `visible_spans (user_id, start_time, event_id) INCLUDE (kind, span${since})`,
  visible_spans_long_idx: (since: string) =>
    `visible_spans USING gist (user_id, span) INCLUDE (start_time, event_id, kind${since}) WHERE kind > 0`,
};

const NEW_INDEXES = {
  visible_spans_moved_idx: 'visible_spans (user_id, since) INCLUDE (event_id, created_at) WHERE since > created_at',
  events_purged_idx: 'events (deleted_at) WHERE purged_at IS NOT NULL',
};

/** Lists as of an earlier time are read from indexes alone, and what moved or was purged since is found by when it did. */
export class IndexesOfSpansSince20261205100800 implements MigrationInterface {
  name = 'IndexesOfSpansSince20261205100800';
  // CONCURRENTLY has transactions of its own. Each statement may run again.
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    for (const [name, definition] of Object.entries(NEW_INDEXES)) await build(runner, name, definition);
    for (const [name, definition] of Object.entries(SPAN_INDEXES)) {
      const isNew = `SELECT FROM pg_indexes WHERE indexname = '${name}' AND indexdef LIKE '%since%'`;
      if (((await runner.query(isNew)) as object[]).length > 0) continue;
      await build(runner, `${name}_new`, definition(', since'));
      await runner.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
      await runner.query(`ALTER INDEX ${name}_new RENAME TO ${name}`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    // Not concurrently: TypeORM undoes every migration in a transaction.
    await runner.query(`DROP INDEX ${Object.keys(NEW_INDEXES).join(', ')}`);
    for (const [name, definition] of Object.entries(SPAN_INDEXES)) {
      await runner.query(`DROP INDEX ${name}`);
      await runner.query(`CREATE INDEX ${name} ON ${definition('')}`);
    }
  }
}

/** Builds an index, again if an attempt ended before it was complete. */
async function build(runner: QueryRunner, name: string, definition: string): Promise<void> {
  const isUnfinished = `SELECT FROM pg_index i WHERE i.indexrelid = to_regclass('${name}') AND NOT i.indisvalid`;
  if (((await runner.query(isUnfinished)) as object[]).length > 0)
    await runner.query(`DROP INDEX CONCURRENTLY ${name}`);
  await runner.query(`CREATE INDEX CONCURRENTLY IF NOT EXISTS ${name} ON ${definition}`);
}
