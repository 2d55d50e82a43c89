import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Says what the history of a tail may contain since the undoing of a split can be undone. */
export class RejoinedTails20261205100400 implements MigrationInterface {
  name = 'RejoinedTails20261205100400';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `COMMENT ON COLUMN event_versions.undoes IS 'How the version was made, when it undoes others: {rolledBackTo, fields}, {reverted}, or {rejoined} for a tail whose dates returned to its series.'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `COMMENT ON COLUMN event_versions.undoes IS 'How the version was made, when it undoes others: {rolledBackTo, fields} or {reverted}.'`,
    );
  }
}
