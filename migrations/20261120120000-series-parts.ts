import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Parts of a series remember where they were split off; endless series are known beyond the horizon. */
export class SeriesParts20261120120000 implements MigrationInterface {
  name = 'SeriesParts20261120120000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE events
        ADD COLUMN split_from uuid,
        ADD COLUMN split_from_version integer,
        ADD CONSTRAINT events_split_from_fkey FOREIGN KEY (split_from) REFERENCES events (id)`);
    // busy_until: up to where a series was expanded, null when that is all of it. far_days: the days of later years on
    // which it occurs, one bit a day, for finding possible clashes beyond.
    await runner.query(`
      ALTER TABLE event_occupancy ADD COLUMN busy_until timestamptz(3), ADD COLUMN far_days bit varying`);
    await runner.query(
      `CREATE INDEX event_occupancy_busy_until_idx ON event_occupancy (busy_until) WHERE busy_until IS NOT NULL`,
    );
    await runner.query(`CREATE INDEX events_split_from_idx ON events (split_from) WHERE split_from IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE event_occupancy DROP COLUMN busy_until, DROP COLUMN far_days`);
    await runner.query(`ALTER TABLE events DROP COLUMN split_from, DROP COLUMN split_from_version`);
  }
}
