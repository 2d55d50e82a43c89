import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Events are confirmed, tentative or cancelled. */
export class EventStatus20261126110000 implements MigrationInterface {
  name = 'EventStatus20261126110000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE events ADD COLUMN status text NOT NULL DEFAULT 'confirmed',
        ADD CONSTRAINT events_status_check CHECK (status IN ('confirmed', 'tentative', 'cancelled'))`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE events DROP COLUMN status`);
  }
}
