import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Changes of people say why, as versions do. The form of the hash has had the comment from the beginning, as null: what
 * is there stays true. Going back loses comments, and `verify:history` then names the rows that had one.
 */
export class PeopleComments20261122090000 implements MigrationInterface {
  name = 'PeopleComments20261122090000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE people_changes ADD COLUMN comment text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE people_changes DROP COLUMN comment`);
  }
}
