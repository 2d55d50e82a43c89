import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Events have a link. */
export class EventUrl20261126100000 implements MigrationInterface {
  name = 'EventUrl20261126100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE events ADD COLUMN url varchar(2000)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE events DROP COLUMN url`);
  }
}
