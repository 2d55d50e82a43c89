import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Mails that wait in a table; links in mails; addresses that are confirmed. */
export class Mails20261128120000 implements MigrationInterface {
  name = 'Mails20261128120000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE mails (
        id uuid NOT NULL,
        kind text NOT NULL,
        recipient citext NOT NULL,
        content bytea,
        created_at timestamptz(3) NOT NULL,
        attempts integer NOT NULL DEFAULT 0,
        next_attempt_at timestamptz(3) NOT NULL,
        sent_at timestamptz(3),
        failed_at timestamptz(3),
        last_error text,
        CONSTRAINT mails_pkey PRIMARY KEY (id));
      COMMENT ON COLUMN mails.content IS
        'Subject and texts, encrypted, because they contain secret links. NULL once nobody needs them.';
      COMMENT ON COLUMN mails.next_attempt_at IS
        'While a server sends the mail: when another one may try, because that server must have failed.';
      COMMENT ON COLUMN mails.failed_at IS 'When the last attempt failed and no other will follow.';
      CREATE INDEX mails_due_idx ON mails (next_attempt_at) WHERE sent_at IS NULL AND failed_at IS NULL;
      CREATE INDEX mails_recipient_idx ON mails (recipient);
      CREATE INDEX mails_created_at_idx ON mails (created_at)`);
    await runner.query(`
      CREATE TABLE account_tokens (
        hash bytea NOT NULL,
        purpose text NOT NULL,
        user_id uuid,
        email citext NOT NULL,
        created_at timestamptz(3) NOT NULL,
        expires_at timestamptz(3) NOT NULL,
        used_at timestamptz(3),
        CONSTRAINT account_tokens_pkey PRIMARY KEY (hash),
        CONSTRAINT account_tokens_purpose_check
          CHECK (purpose IN ('password_reset', 'email_verification', 'email_change', 'email_release')),
        CONSTRAINT account_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id));
      COMMENT ON COLUMN account_tokens.hash IS 'SHA-256 of the token, which only the mail contains.';
      COMMENT ON COLUMN account_tokens.user_id IS
        'NULL when nobody has the address: the row is written so that the request takes as long.';
      COMMENT ON COLUMN account_tokens.email IS
        'The address that the token confirms; for a change, the new one in both tokens.';
      CREATE INDEX account_tokens_user_id_idx ON account_tokens (user_id);
      CREATE INDEX account_tokens_expires_at_idx ON account_tokens (expires_at)`);
    await runner.query(`
      ALTER TABLE users
        ADD COLUMN email_verified_at timestamptz(3),
        ADD COLUMN pending_email citext,
        ADD COLUMN pending_email_until timestamptz(3)`);
    await runner.query(`
      ALTER TABLE sessions ADD COLUMN device text;
      COMMENT ON COLUMN sessions.device IS
        'A hash of the program and the network: whether the account was used from there before.'`);
    await runner.query('DROP INDEX sessions_user_id_idx');
    await runner.query('CREATE INDEX sessions_user_id_idx ON sessions (user_id, device)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX sessions_user_id_idx');
    await runner.query('ALTER TABLE sessions DROP COLUMN device');
    await runner.query('CREATE INDEX sessions_user_id_idx ON sessions (user_id)');
    await runner.query(`
      ALTER TABLE users DROP COLUMN email_verified_at, DROP COLUMN pending_email, DROP COLUMN pending_email_until`);
    await runner.query('DROP TABLE account_tokens');
    await runner.query('DROP TABLE mails');
  }
}
