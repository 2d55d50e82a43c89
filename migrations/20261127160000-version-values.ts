import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Functions whose bodies read or check the snapshot of a version.
 * @param whole the whole snapshot of a row, from its alias
 * @param replaced the columns that a redaction replaces
 */
const readSnapshots = (whole: (alias: string) => string, replaced: string): string => `
  CREATE OR REPLACE FUNCTION allow_only_redaction() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF to_jsonb(NEW) - ARRAY[${replaced}] = to_jsonb(OLD) - ARRAY[${replaced}]
       AND NEW.snapshot -> 'redacted' = 'true' AND NOT OLD.snapshot ? 'redacted'
       AND EXISTS (SELECT FROM redactions r WHERE r.event_id = NEW.event_id AND r.version = NEW.version)
    THEN
      RETURN NEW;
    END IF;
    RAISE EXCEPTION 'history is never rewritten: % of %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
  END $$;

  CREATE OR REPLACE FUNCTION require_event_version() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    stored event_versions;
    derived CONSTANT text[] := ARRAY['tzdata', 'first_start', 'last_end'];
  BEGIN
    IF TG_OP = 'DELETE' THEN
      RAISE EXCEPTION 'events are never removed, only put into the trash' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    -- What only follows from the content may be computed again without a version.
    IF TG_OP = 'UPDATE' AND NEW.version = OLD.version AND to_jsonb(NEW) - derived = to_jsonb(OLD) - derived THEN
      RETURN NULL;
    END IF;
    IF NEW.version <> (CASE TG_OP WHEN 'INSERT' THEN 1 ELSE OLD.version + 1 END) THEN
      RAISE EXCEPTION 'event % was written without its next version', NEW.id
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    SELECT * INTO stored FROM event_versions v WHERE v.event_id = NEW.id AND v.version = NEW.version;
    IF NOT FOUND THEN
      RAISE EXCEPTION 'version % of event % is missing from its history', NEW.version, NEW.id
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF is_snapshot_of(${whole('stored')}, NEW) IS NOT TRUE THEN
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

/** A long value, such as a description, is stored once, and not again with every version that leaves it as it is. */
export class VersionValues20261127160000 implements MigrationInterface {
  name = 'VersionValues20261127160000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE version_values (
        event_id uuid NOT NULL,
        hash bytea NOT NULL,
        value jsonb NOT NULL,
        CONSTRAINT version_values_pkey PRIMARY KEY (event_id, hash),
        CONSTRAINT version_values_event_id_fkey FOREIGN KEY (event_id) REFERENCES events (id),
        CONSTRAINT version_values_hash_check CHECK (octet_length(hash) = 32)
      );

      ALTER TABLE event_versions ADD COLUMN long_values jsonb;
      COMMENT ON COLUMN event_versions.long_values IS 'What the snapshot leaves to version_values: names of columns, and hashes as hexadecimal digits.';
      COMMENT ON COLUMN event_versions.snapshot IS 'The content after the change: "schema", and a value for each content column of events. See whole_snapshot.';

      -- Returns the snapshot of a version with its long values. One that is missing is null.
      CREATE FUNCTION whole_snapshot(version event_versions) RETURNS jsonb LANGUAGE sql STABLE AS $$
        SELECT CASE WHEN version.long_values IS NULL THEN version.snapshot ELSE version.snapshot || (
          SELECT jsonb_object_agg(long.name, stored.value)
            FROM jsonb_each_text(version.long_values) AS long (name, hash)
            LEFT JOIN version_values stored
              ON stored.event_id = version.event_id AND stored.hash = decode(long.hash, 'hex')) END
      $$;
      ${readSnapshots((alias) => `whole_snapshot(${alias})`, `'snapshot', 'comment', 'long_values'`)}

      -- A value is removed only when a redaction has taken it from the last version that had it.
      CREATE FUNCTION refuse_removing_values() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF EXISTS (SELECT FROM event_versions v CROSS JOIN jsonb_each_text(v.long_values) AS long
                    WHERE v.event_id = OLD.event_id AND long.value = encode(OLD.hash, 'hex')) THEN
          RAISE EXCEPTION 'history is never rewritten: % of %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END IF;
        RETURN OLD;
      END $$;
      CREATE TRIGGER version_values_never_updated BEFORE UPDATE ON version_values
        FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
      CREATE TRIGGER version_values_never_deleted BEFORE DELETE ON version_values
        FOR EACH ROW EXECUTE FUNCTION refuse_removing_values();
      CREATE TRIGGER version_values_never_truncated BEFORE TRUNCATE ON version_values
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();
      ALTER TABLE version_values ENABLE ALWAYS TRIGGER version_values_never_updated;
      ALTER TABLE version_values ENABLE ALWAYS TRIGGER version_values_never_deleted;
      ALTER TABLE version_values ENABLE ALWAYS TRIGGER version_values_never_truncated;
      REVOKE UPDATE, DELETE, TRUNCATE ON version_values FROM PUBLIC, CURRENT_USER;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    const [{ used }] = (await runner.query(
      `SELECT EXISTS (SELECT FROM event_versions WHERE long_values IS NOT NULL) AS used`,
    )) as [{ used: boolean }];
    if (used)
      throw new Error('Versions have long values, which the migration cannot put back without rewriting history.');
    await runner.query(`
      ${readSnapshots((alias) => `${alias}.snapshot`, `'snapshot', 'comment'`)}
      DROP FUNCTION whole_snapshot(event_versions);
      ALTER TABLE event_versions DROP COLUMN long_values;
      COMMENT ON COLUMN event_versions.snapshot IS 'The whole content after the change: "schema", and a value for each content column of events.';
      DROP TABLE version_values;
      DROP FUNCTION refuse_removing_values();
    `);
  }
}
