import type { MigrationInterface, QueryRunner } from 'typeorm';

const INDEXES: Record<string, string> = {
  events_trash_idx: 'events (deleted_at) WHERE deleted_at IS NOT NULL AND purged_at IS NULL',
  users_admins_idx: `users (id) WHERE role = 'admin'`,
  users_disabled_idx: 'users (id) WHERE disabled_at IS NOT NULL',
};

/** The trash and the accounts that are not ordinary are found by indexes, which are built while everybody goes on. */
export class AdministrationIndexes20261129110000 implements MigrationInterface {
  name = 'AdministrationIndexes20261129110000';
  // CONCURRENTLY has transactions of its own. Each statement may run again.
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE events VALIDATE CONSTRAINT events_purged_check');
    for (const [name, definition] of Object.entries(INDEXES)) {
      if (await isUnfinished(runner, name)) await runner.query(`DROP INDEX CONCURRENTLY ${name}`);
      await runner.query(`CREATE INDEX CONCURRENTLY IF NOT EXISTS ${name} ON ${definition}`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    // Not concurrently: TypeORM undoes every migration in a transaction.
    await runner.query(`DROP INDEX IF EXISTS ${Object.keys(INDEXES).join(', ')}`);
  }
}

/** Returns whether an attempt to build the index ended before it was complete. */
async function isUnfinished(runner: QueryRunner, name: string): Promise<boolean> {
  const sql = `SELECT FROM pg_index i WHERE i.indexrelid = to_regclass('${name}') AND NOT i.indisvalid`;
  return ((await runner.query(sql)) as object[]).length > 0;
}
