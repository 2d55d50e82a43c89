import type { MigrationInterface, QueryRunner } from 'typeorm';

/** By this, a server knows whether the unread items that it counted still are what is unread. */
export class ReadsOfStreams20261205101500 implements MigrationInterface {
  name = 'ReadsOfStreams20261205101500';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE notification_streams ADD COLUMN reads bigint NOT NULL DEFAULT 0');
    await runner.query(
      `COMMENT ON COLUMN notification_streams.reads IS 'How often items of the stream were marked as read.'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE notification_streams DROP COLUMN reads');
  }
}
