import type { MigrationInterface, QueryRunner } from 'typeorm';

/** No statement looks for events by these: `tzdata <> …` cannot use an index, and the parts of a series name each other. */
const UNUSED = [
  ['events_series_id_idx', 'series_id'],
  ['events_tzdata_idx', 'tzdata'],
] as const;

export class UnusedIndexes20261203100200 implements MigrationInterface {
  name = 'UnusedIndexes20261203100200';
  // CONCURRENTLY has transactions of its own. Each statement may run again.
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    for (const [name] of UNUSED) await runner.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    // Not concurrently: TypeORM undoes every migration in a transaction.
    for (const [name, column] of UNUSED) await runner.query(`CREATE INDEX ${name} ON events (${column})`);
  }
}
