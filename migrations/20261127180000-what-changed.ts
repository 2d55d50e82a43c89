import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Notifications say what changed, and versions how they undo others. What earlier releases wrote names only the fields,
 * and says nothing about the undone version but in its comment.
 */
export class WhatChanged20261127180000 implements MigrationInterface {
  name = 'WhatChanged20261127180000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE notifications ADD COLUMN summary text;
      ALTER TABLE event_versions ADD COLUMN undoes jsonb;
      COMMENT ON COLUMN notifications.summary IS 'What the actor did, to follow their name; null when type and members say it.';
      COMMENT ON COLUMN event_versions.undoes IS 'How the version was made, when it undoes others: {rolledBackTo, fields} or {reverted}.'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE notifications DROP COLUMN summary;
      ALTER TABLE event_versions DROP COLUMN undoes`);
  }
}
