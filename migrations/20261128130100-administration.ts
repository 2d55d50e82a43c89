import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The columns of events that are not content. Snapshots don't contain them. */
const OTHER_COLUMNS = [
  'id',
  'series_id',
  'split_from',
  'split_from_version',
  'first_start',
  'last_end',
  'tzdata',
  'version',
  'created_at',
  'updated_at',
  'updated_by',
];

const isSnapshot = (others: string[]): string => `
  CREATE OR REPLACE FUNCTION is_snapshot_of(snapshot jsonb, event events) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
  DECLARE
    content events := jsonb_populate_record(NULL::events, snapshot);
  BEGIN
    ${others.map((column) => `content.${column} := event.${column};`).join('\n    ')}
    RETURN content IS NOT DISTINCT FROM event;
  END $$;`;

/** @param derived what may change without a version @param added further checks of a write */
const requireEventVersion = (derived: string, added: string): string => `
  CREATE OR REPLACE FUNCTION require_event_version() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    stored event_versions;
    derived CONSTANT text[] := ARRAY[${derived}];
  BEGIN
    IF TG_OP = 'DELETE' THEN
      RAISE EXCEPTION 'events are never removed, only put into the trash' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    -- What only follows from the content may be computed again without a version.
    IF TG_OP = 'UPDATE' AND NEW.version = OLD.version AND to_jsonb(NEW) - derived = to_jsonb(OLD) - derived THEN
      RETURN NULL;
    END IF;${added}
    IF NEW.version <> (CASE TG_OP WHEN 'INSERT' THEN 1 ELSE OLD.version + 1 END) THEN
      RAISE EXCEPTION 'event % was written without its next version', NEW.id
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    SELECT * INTO stored FROM event_versions v WHERE v.event_id = NEW.id AND v.version = NEW.version;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'version % of event % is missing from its history', NEW.version, NEW.id
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF is_snapshot_of(whole_snapshot(stored), NEW) IS NOT TRUE THEN
      RAISE EXCEPTION 'version % of event % is not a snapshot of it', NEW.version, NEW.id
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND (CASE
      WHEN OLD.deleted_at IS NULL AND NEW.deleted_at IS NOT NULL THEN stored.kind <> 'deleted'
      WHEN OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NULL THEN stored.kind NOT IN ('restored', 'rolled_back')
      ELSE stored.kind = 'deleted' END)
    THEN
      RAISE EXCEPTION 'version % of event % is of the wrong kind: %', NEW.version, NEW.id, stored.kind
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
  END $$;`;

const requirePermissionsOfChange = (added: string): string => `
  CREATE OR REPLACE FUNCTION require_permissions_of_change() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN${added}
    PERFORM require_role_in_history(NEW.event_id, (m ->> 'userId')::uuid) FROM jsonb_array_elements(NEW.members) m;
    RETURN NULL;
  END $$;`;

/** Accounts can be disabled, which ends their writes with the COMMIT of the act; the trash is emptied after a while. */
export class Administration20261128130100 implements MigrationInterface {
  name = 'Administration20261128130100';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE users ADD COLUMN disabled_at timestamptz(3);
      COMMENT ON COLUMN users.disabled_at IS 'When an administrator disabled the account: nobody can sign in to it, and it writes nothing.';
      ALTER TABLE events ADD COLUMN purged_at timestamptz(3);
      COMMENT ON COLUMN events.purged_at IS 'When the event was removed from the trash: it cannot be restored, and its history stays.';
      ALTER TABLE events ADD CONSTRAINT events_purged_check CHECK (purged_at IS NULL OR deleted_at IS NOT NULL)
        NOT VALID;

      -- The lock conflicts with that of the act that disables the account: a write commits before it, or not at all.
      CREATE FUNCTION require_enabled_account(account uuid) RETURNS void LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM FROM users u WHERE u.id = account AND u.disabled_at IS NULL FOR KEY SHARE;
        IF NOT FOUND THEN
          RAISE EXCEPTION 'account % is disabled', account USING ERRCODE = 'CN002';
        END IF;
      END $$;
      ${isSnapshot([...OTHER_COLUMNS, 'purged_at'])}
      ${requireEventVersion(
        `'tzdata', 'first_start', 'last_end', 'purged_at'`,
        `
    PERFORM require_enabled_account(NEW.updated_by);
    IF NEW.purged_at IS NOT NULL THEN
      RAISE EXCEPTION 'event % was removed from the trash', NEW.id USING ERRCODE = 'restrict_violation';
    END IF;`,
      )}
      ${requirePermissionsOfChange(`
    PERFORM require_enabled_account(NEW.actor_id);`)}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ${requirePermissionsOfChange('')}
      ${requireEventVersion(`'tzdata', 'first_start', 'last_end'`, '')}
      ALTER TABLE events DROP COLUMN purged_at;
      ${isSnapshot(OTHER_COLUMNS)}
      DROP FUNCTION require_enabled_account(uuid);
      ALTER TABLE users DROP COLUMN disabled_at;
    `);
  }
}
