import type { MigrationInterface, QueryRunner } from 'typeorm';

const requireEnabledAccount = (strength: string): string => `
  CREATE OR REPLACE FUNCTION require_enabled_account(account uuid) RETURNS void LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM FROM users u WHERE u.id = account AND u.disabled_at IS NULL FOR ${strength};
    IF NOT FOUND THEN
      RAISE EXCEPTION 'account % is disabled', account USING ERRCODE = 'CN002';
    END IF;
  END $$`;

/**
 * A write holds KEY SHARE of its author from its first row on, because of the foreign keys, and an import may take minutes.
 * Acts on accounts therefore take a lock that does not wait for that one, and a write takes a stronger one at COMMIT: it
 * commits before the act, or not at all.
 */
export class ShareOfAccounts20261205100000 implements MigrationInterface {
  name = 'ShareOfAccounts20261205100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(requireEnabledAccount('SHARE'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(requireEnabledAccount('KEY SHARE'));
  }
}
