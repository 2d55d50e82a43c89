import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Accounts can be erased: the row stays, because history points at it, and says nothing of the person. */
export class ErasedPeople20261121130000 implements MigrationInterface {
  name = 'ErasedPeople20261121130000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE users ADD COLUMN erased_at timestamptz(3), DROP CONSTRAINT users_username_key`);
    // All who were erased have one name, which nobody can sign up with: it has a space.
    await runner.query(`CREATE UNIQUE INDEX users_username_key ON users (username) WHERE erased_at IS NULL`);
    await runner.query(`CREATE INDEX users_erased_at_idx ON users (erased_at) WHERE erased_at IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`UPDATE users SET username = 'deleted ' || id WHERE erased_at IS NOT NULL`);
    await runner.query(`DROP INDEX users_username_key`);
    await runner.query(`
      ALTER TABLE users DROP COLUMN erased_at, ADD CONSTRAINT users_username_key UNIQUE (username)`);
  }
}
