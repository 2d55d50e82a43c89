import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Parts of a series remember where they were split off. */
export class SeriesParts20261120120000 implements MigrationInterface {
  name = 'SeriesParts20261120120000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE events
        ADD COLUMN split_from uuid,
        ADD COLUMN split_from_version integer,
        ADD CONSTRAINT events_split_from_fkey FOREIGN KEY (split_from) REFERENCES events (id)`);
    await runner.query(`CREATE INDEX events_split_from_idx ON events (split_from) WHERE split_from IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE events DROP COLUMN split_from, DROP COLUMN split_from_version`);
  }
}
