import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Finds what overlaps without reading ten years of every series: `span` are the ends of `busy`, `week` the half hours of
 * the week in which it ever takes time. Both are small; only what passes them has its `busy` read.
 */
export class OccupancySieve20261120130000 implements MigrationInterface {
  name = 'OccupancySieve20261120130000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE event_occupancy
        ADD COLUMN span tstzrange NOT NULL GENERATED ALWAYS AS (range_merge(busy)) STORED,
        ADD COLUMN week bit(336) NOT NULL DEFAULT repeat('1', 336)::bit(336)`);
    // Compressed, reading a series of daily occurrences costs several times as much.
    await runner.query(`ALTER TABLE event_occupancy ALTER COLUMN busy SET STORAGE EXTERNAL`);
    // Rows that are there pass the sieve always; new ones say what they take.
    await runner.query(`ALTER TABLE event_occupancy ALTER COLUMN week DROP DEFAULT`);
    await runner.query(`DROP INDEX event_occupancy_busy_idx`);
    await runner.query(`CREATE INDEX event_occupancy_span_idx ON event_occupancy USING gist (owner_id, span)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE event_occupancy DROP COLUMN span, DROP COLUMN week`);
    await runner.query(`ALTER TABLE event_occupancy ALTER COLUMN busy SET STORAGE EXTENDED`);
    await runner.query(`CREATE INDEX event_occupancy_busy_idx ON event_occupancy USING gist (owner_id, busy)`);
  }
}
