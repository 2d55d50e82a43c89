import type { MigrationInterface, QueryRunner } from 'typeorm';

/** For the nightly job that checks the occupancy of all-day events (`AllDayEvents.renew`). */
export class IndexOfAllDay20261205101400 implements MigrationInterface {
  name = 'IndexOfAllDay20261205101400';
  // CONCURRENTLY has transactions of its own. Each statement may run again.
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    const isUnfinished = `SELECT FROM pg_index i WHERE i.indexrelid = to_regclass('events_all_day_idx') AND NOT i.indisvalid`;
    if (((await runner.query(isUnfinished)) as object[]).length > 0)
      await runner.query('DROP INDEX CONCURRENTLY events_all_day_idx');
    await runner.query('CREATE INDEX CONCURRENTLY IF NOT EXISTS events_all_day_idx ON events (id) WHERE all_day');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX events_all_day_idx');
  }
}
