import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables with a key that begins with the event, and another index that does. */
const TABLES = ['event_versions', 'event_invitations'];

/**
 * Says that an event has some ten versions, and invitations. Where most have one, PostgreSQL takes every index that begins with
 * the event for as good as the key, and reads the whole history of an event for one version of it: in each read of one, and in
 * the checks of each write. It counts from the next ANALYZE on.
 */
export class VersionsPerEvent20261205101100 implements MigrationInterface {
  name = 'VersionsPerEvent20261205101100';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await setRowsPerEvent(runner, table, 'SET (n_distinct = -0.1)');
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES) await setRowsPerEvent(runner, table, 'RESET (n_distinct)');
  }
}

async function setRowsPerEvent(runner: QueryRunner, table: string, setting: string): Promise<void> {
  await runner.query(`ALTER TABLE ${table} ALTER COLUMN event_id ${setting}`);
  // A table without statistics stays without.
  await runner.query(`
    DO $$ BEGIN
      IF (SELECT reltuples > 0 FROM pg_class WHERE oid = '${table}'::regclass) THEN
        ANALYZE ${table};
      END IF;
    END $$`);
}
