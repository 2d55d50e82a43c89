import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A write is dated after everything in the history of its event, even when the clocks of servers differ. In plpgsql and
 * volatile, so that it has a snapshot of its own: called after `lock_event`, it includes what the last holder committed.
 */
export class LastEntryTime20261126123000 implements MigrationInterface {
  name = 'LastEntryTime20261126123000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION last_entry_time(event uuid) RETURNS timestamptz LANGUAGE plpgsql VOLATILE AS $$
      BEGIN
        RETURN greatest(
          (SELECT v.created_at FROM event_versions v WHERE v.event_id = event ORDER BY v.position DESC LIMIT 1),
          (SELECT m.created_at FROM member_changes m WHERE m.event_id = event ORDER BY m.position DESC LIMIT 1));
      END $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP FUNCTION last_entry_time(uuid)`);
  }
}
