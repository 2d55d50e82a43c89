import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Lines that were kept for another export go with the events that nobody can export any more. */
export class ForgetKeptLines20261201100100 implements MigrationInterface {
  name = 'ForgetKeptLines20261201100100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      UPDATE imported_events i SET kept = '{}'
        FROM events e
       WHERE e.id = i.event_id AND i.kept <> '{}'
         AND (e.purged_at IS NOT NULL OR e.deleted_at IS NOT NULL AND EXISTS (
               SELECT FROM event_permissions p JOIN users u ON u.id = p.user_id
                WHERE p.event_id = e.id AND p.role = 'owner' AND u.erased_at IS NOT NULL))`);
  }

  /** What was forgotten stays so. */
  async down(): Promise<void> {
    // Nothing to undo.
  }
}
