import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Endless series that share no half hour of the week are not compared beyond the horizon, though they share days. */
export class FarWeek20261205100900 implements MigrationInterface {
  name = 'FarWeek20261205100900';

  async up(runner: QueryRunner): Promise<void> {
    // The nightly job fills it: it writes the occupancy of every endless series each quarter of a year.
    await runner.query(`
      ALTER TABLE event_occupancy ADD COLUMN far_week bit(336);
      COMMENT ON COLUMN event_occupancy.far_week IS 'The half hours of the week (UTC) in far_days; null when unknown.';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE event_occupancy DROP COLUMN far_week');
  }
}
