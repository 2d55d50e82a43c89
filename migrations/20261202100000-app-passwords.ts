import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Passwords of single applications, which read the calendar over CalDAV. */
export class AppPasswords20261202100000 implements MigrationInterface {
  name = 'AppPasswords20261202100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE app_passwords (
        id uuid NOT NULL,
        user_id uuid NOT NULL,
        name text NOT NULL,
        hash bytea NOT NULL,
        created_at timestamptz(3) NOT NULL,
        last_used_at timestamptz(3),
        CONSTRAINT app_passwords_pkey PRIMARY KEY (id),
        CONSTRAINT app_passwords_hash_key UNIQUE (hash),
        CONSTRAINT app_passwords_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id));
      COMMENT ON COLUMN app_passwords.hash IS 'SHA-256 of the secret, which is random and shown once.';
      COMMENT ON COLUMN app_passwords.last_used_at IS 'Exact to some minutes.';
      CREATE INDEX app_passwords_user_id_idx ON app_passwords (user_id)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE app_passwords');
  }
}
