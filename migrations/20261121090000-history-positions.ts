import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Places in an event's history are numbered for each event, not taken from a sequence: a sequence moves on even when its
 * transaction is taken back, and a dry run must leave nothing behind.
 */
export class HistoryPositions20261121090000 implements MigrationInterface {
  name = 'HistoryPositions20261121090000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE event_versions ALTER COLUMN position DROP DEFAULT`);
    await runner.query(`ALTER TABLE people_changes ALTER COLUMN position DROP DEFAULT`);
    await runner.query(`DROP SEQUENCE history_position`);
    await runner.query(`
      ALTER TABLE people_changes
        DROP CONSTRAINT people_changes_pkey,
        ADD CONSTRAINT people_changes_pkey PRIMARY KEY (event_id, position)`);
    await runner.query(`DROP INDEX people_changes_event_idx`);
    // Whoever writes history holds the lock of the event's row, so that nobody else takes the same number.
    await runner.query(`
      CREATE FUNCTION number_history() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        NEW.position := coalesce(greatest(
          (SELECT max(v.position) FROM event_versions v WHERE v.event_id = NEW.event_id),
          (SELECT max(p.position) FROM people_changes p WHERE p.event_id = NEW.event_id)), 0) + 1;
        RETURN NEW;
      END $$`);
    for (const table of ['event_versions', 'people_changes']) {
      await runner.query(`
        CREATE TRIGGER ${table}_number BEFORE INSERT ON ${table} FOR EACH ROW
          WHEN (NEW.position IS NULL) EXECUTE FUNCTION number_history()`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['event_versions', 'people_changes']) {
      await runner.query(`DROP TRIGGER ${table}_number ON ${table}`);
    }
    await runner.query(`DROP FUNCTION number_history()`);
    await runner.query(`
      CREATE TEMPORARY TABLE placed ON COMMIT DROP AS
        SELECT event_id, position, row_number() OVER (ORDER BY created_at, event_id, position) AS place
          FROM (SELECT event_id, position, created_at FROM event_versions
                UNION ALL SELECT event_id, position, created_at FROM people_changes) AS history`);
    // Above all numbers that are there, so that none is met on the way.
    for (const table of ['event_versions', 'people_changes']) {
      await runner.query(`
        UPDATE ${table} AS h SET position = placed.place + (SELECT coalesce(max(position), 0) FROM placed)
          FROM placed WHERE placed.event_id = h.event_id AND placed.position = h.position`);
    }
    await runner.query(`CREATE INDEX people_changes_event_idx ON people_changes (event_id, position)`);
    await runner.query(`
      ALTER TABLE people_changes
        DROP CONSTRAINT people_changes_pkey, ADD CONSTRAINT people_changes_pkey PRIMARY KEY (position)`);
    await runner.query(`CREATE SEQUENCE history_position`);
    await runner.query(`
      SELECT setval('history_position', (SELECT coalesce(max(position), 0) + count(*) + 1 FROM placed))`);
    await runner.query(`
      ALTER TABLE event_versions ALTER COLUMN position SET DEFAULT nextval('history_position')`);
    await runner.query(`
      ALTER TABLE people_changes ALTER COLUMN position SET DEFAULT nextval('history_position')`);
  }
}
