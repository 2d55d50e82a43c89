import { readdir, readFile } from 'node:fs/promises';
import type { MigrationInterface, QueryRunner } from 'typeorm';

const FILES = new URL('./baseline/', import.meta.url);

/** The schema of the first release, from the SQL files in `baseline/` in the order of their names. */
export class Baseline20261126090000 implements MigrationInterface {
  name = 'Baseline20261126090000';

  async up(runner: QueryRunner): Promise<void> {
    const names = (await readdir(FILES)).filter((name) => name.endsWith('.sql')).sort();
    for (const name of names) await runner.query(await readFile(new URL(name, FILES), 'utf8'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE idempotency_keys, notifications, notification_streams, event_occupancy, redactions, member_changes,
        event_versions, event_permissions, events, sessions, users CASCADE`);
    await runner.query(`
      DROP FUNCTION last_entry(uuid), refuse_rewriting(), allow_only_redaction(), require_redacted_version(),
        require_event_version(), require_event_of_version(), require_event_owner(), members_at_birth(uuid),
        members_at(uuid, timestamptz, bigint), require_role_in_history(uuid, uuid), require_history_of_permission(),
        require_permissions_of_change(), lock_availability(uuid[]), lock_event(uuid, boolean, uuid)`);
  }
}
