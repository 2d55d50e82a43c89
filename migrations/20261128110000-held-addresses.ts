import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Several accounts may name one e-mail address, because nobody learns at registration that another account has it. One of
 * them holds it.
 */
export class HeldAddresses20261128110000 implements MigrationInterface {
  name = 'HeldAddresses20261128110000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE users ADD COLUMN holds_email boolean NOT NULL DEFAULT true;
      COMMENT ON COLUMN users.holds_email IS 'Whether others reach the account by its address. False when another account held the address already.';
      ALTER TABLE users DROP CONSTRAINT users_email_key;
      CREATE UNIQUE INDEX users_email_key ON users (email) WHERE holds_email;
      CREATE INDEX users_claimed_email_idx ON users (email, created_at) WHERE NOT holds_email`);
  }

  /** Accounts that do not hold their address keep a placeholder. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX users_claimed_email_idx;
      DROP INDEX users_email_key;
      UPDATE users SET email = id || '@claimed.invalid' WHERE NOT holds_email;
      ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email);
      ALTER TABLE users DROP COLUMN holds_email`);
  }
}
