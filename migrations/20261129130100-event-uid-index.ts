import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Finds imported events by their UID. */
export class EventUidIndex20261129130100 implements MigrationInterface {
  name = 'EventUidIndex20261129130100';
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX CONCURRENTLY IF NOT EXISTS events_uid_idx ON events (uid) WHERE uid IS NOT NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX IF EXISTS events_uid_idx');
  }
}
