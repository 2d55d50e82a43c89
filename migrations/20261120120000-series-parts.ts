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
    // Rows that are there were computed with an edition that nobody noted: the next recomputation looks at them.
    await runner.query(`ALTER TABLE events ADD COLUMN tzdata text NOT NULL DEFAULT 'unknown'`);
    await runner.query(`ALTER TABLE events ALTER COLUMN tzdata DROP DEFAULT`);
    await runner.query(`CREATE INDEX events_tzdata_idx ON events (tzdata)`);
    // What only follows from the content may be written anew without a version.
    await runner.query(
      versionTrigger(`
        IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - ARRAY['tzdata', 'first_start', 'last_end']
                              = to_jsonb(OLD) - ARRAY['tzdata', 'first_start', 'last_end'] THEN
          RETURN NULL;
        END IF;`),
    );
    await runner.query(`
      INSERT INTO users (id, username, email, password_hash, role, time_zone, created_at)
      VALUES ('00000000-0000-7000-8000-000000000001', 'convene-system', 'system@convene.invalid', '!', 'user', 'UTC',
              clock_timestamp())`);
    await runner.query(`CREATE INDEX events_split_from_idx ON events (split_from) WHERE split_from IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE event_occupancy DROP COLUMN busy_until, DROP COLUMN far_days`);
    await runner.query(versionTrigger(''));
    await runner.query(`ALTER TABLE events DROP COLUMN split_from, DROP COLUMN split_from_version, DROP COLUMN tzdata`);
    await runner.query(`DELETE FROM users WHERE id = '00000000-0000-7000-8000-000000000001'`);
  }
}

/** The trigger function of the core, with an exception in front. */
const versionTrigger = (exception: string): string => `
  CREATE OR REPLACE FUNCTION require_event_version() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'DELETE' THEN
          RAISE EXCEPTION 'events are never removed, only put into the trash' USING ERRCODE = 'integrity_constraint_violation';
        END IF;${exception}
        IF NEW.version <> (CASE TG_OP WHEN 'INSERT' THEN 1 ELSE OLD.version + 1 END) THEN
          RAISE EXCEPTION 'event % was written without its next version', NEW.id
            USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF NOT EXISTS (SELECT 1 FROM event_versions v WHERE v.event_id = NEW.id AND v.version = NEW.version) THEN
          RAISE EXCEPTION 'version % of event % is missing from its history', NEW.version, NEW.id
            USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
      END $$`;
