import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Notifications say what changed, from what to what. Those of earlier releases name only the fields. */
export class NotificationSummaries20261127160000 implements MigrationInterface {
  name = 'NotificationSummaries20261127160000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE notifications ADD COLUMN summary text;
      COMMENT ON COLUMN notifications.summary IS 'What the actor did, to follow their name; null when type and members say it.'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE notifications DROP COLUMN summary`);
  }
}
