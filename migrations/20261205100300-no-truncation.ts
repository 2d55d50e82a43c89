import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Every table whose rows are written while the server runs, but for those of the history and of the audit trail, which had it. */
const TABLES = [
  'account_tokens',
  'app_passwords',
  'calendar_feeds',
  'event_invitations',
  'event_occupancy',
  'event_permissions',
  'event_texts',
  'event_texts_due',
  'events',
  'idempotency_keys',
  'import_jobs',
  'imported_events',
  'mails',
  'notification_streams',
  'notifications',
  'sessions',
  'users',
  'visible_spans',
];

/**
 * TRUNCATE calls no trigger of a row, so that it would remove roles, occupied times and streams that no DELETE can. Nothing
 * that runs needs it.
 */
export class NoTruncation20261205100300 implements MigrationInterface {
  name = 'NoTruncation20261205100300';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION refuse_truncation() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'rows of % are never removed all at once', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
      END $$;
      ${TABLES.map(
        (table) => `
          CREATE TRIGGER ${table}_never_truncated BEFORE TRUNCATE ON ${table}
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_truncation();
          ALTER TABLE ${table} ENABLE ALWAYS TRIGGER ${table}_never_truncated;`,
      ).join('')}
      REVOKE TRUNCATE ON ${TABLES.join(', ')} FROM PUBLIC, CURRENT_USER`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      GRANT TRUNCATE ON ${TABLES.join(', ')} TO CURRENT_USER;
      ${TABLES.map((table) => `DROP TRIGGER ${table}_never_truncated ON ${table};`).join('')}
      DROP FUNCTION refuse_truncation()`);
  }
}
