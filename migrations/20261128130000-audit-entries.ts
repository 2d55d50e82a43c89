import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who did what, from where and when: append-only, one partition per month. */
export class AuditEntries20261128130000 implements MigrationInterface {
  name = 'AuditEntries20261128130000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE audit_entries (
        id uuid NOT NULL,
        at timestamptz(3) NOT NULL,
        kind text NOT NULL,
        outcome text NOT NULL,
        actor_id uuid,
        subject_id uuid,
        event_id uuid,
        session_id uuid,
        request_id text,
        address text,
        user_agent text,
        details jsonb NOT NULL DEFAULT '{}',
        CONSTRAINT audit_entries_pkey PRIMARY KEY (at, id),
        CONSTRAINT audit_entries_outcome_check CHECK (outcome IN ('ok', 'refused')),
        CONSTRAINT audit_entries_details_check CHECK (jsonb_typeof(details) = 'object')
      ) PARTITION BY RANGE (at);
      CREATE INDEX audit_entries_actor_id_idx ON audit_entries (actor_id, at, id);
      CREATE INDEX audit_entries_subject_id_idx ON audit_entries (subject_id, at, id) WHERE subject_id IS NOT NULL;
      COMMENT ON COLUMN audit_entries.actor_id IS 'Null for somebody unknown, such as a failed sign-in.';
      COMMENT ON COLUMN audit_entries.subject_id IS 'The person to whom it happened, when that is somebody else than the actor.';
      COMMENT ON COLUMN audit_entries.details IS 'Ids, numbers and words of closed lists; never a text of a person.';

      -- The one exception: an erased account leaves no address and no device.
      CREATE FUNCTION allow_only_erasing_origins() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'UPDATE' AND NEW.address IS NULL AND NEW.user_agent IS NULL
           AND to_jsonb(NEW) - ARRAY['address', 'user_agent'] = to_jsonb(OLD) - ARRAY['address', 'user_agent']
           AND EXISTS (SELECT FROM users u WHERE u.id = coalesce(OLD.actor_id, OLD.subject_id) AND u.erased_at IS NOT NULL)
        THEN
          RETURN NEW;
        END IF;
        RAISE EXCEPTION 'the audit trail is never rewritten: % of %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
      END $$;
      CREATE TRIGGER audit_entries_never_rewritten BEFORE UPDATE OR DELETE ON audit_entries
        FOR EACH ROW EXECUTE FUNCTION allow_only_erasing_origins();
      CREATE TRIGGER audit_entries_never_truncated BEFORE TRUNCATE ON audit_entries
        FOR EACH STATEMENT EXECUTE FUNCTION allow_only_erasing_origins();
      ALTER TABLE audit_entries ENABLE ALWAYS TRIGGER audit_entries_never_rewritten;
      ALTER TABLE audit_entries ENABLE ALWAYS TRIGGER audit_entries_never_truncated;
      REVOKE UPDATE, DELETE, TRUNCATE ON audit_entries FROM PUBLIC, CURRENT_USER;
      GRANT UPDATE (address, user_agent) ON audit_entries TO CURRENT_USER;

      -- Attaching a table lets writers go on, unlike creating it as a partition.
      CREATE FUNCTION add_audit_partition(name text, bounds text) RETURNS void LANGUAGE plpgsql AS $$
      BEGIN
        EXECUTE format('CREATE TABLE %I (LIKE audit_entries INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING COMMENTS)', name);
        EXECUTE format('ALTER TABLE audit_entries ATTACH PARTITION %I %s', name, bounds);
        EXECUTE format('CREATE TRIGGER audit_entries_never_truncated BEFORE TRUNCATE ON %I
                          FOR EACH STATEMENT EXECUTE FUNCTION allow_only_erasing_origins()', name);
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER audit_entries_never_rewritten', name);
        EXECUTE format('ALTER TABLE %I ENABLE ALWAYS TRIGGER audit_entries_never_truncated', name);
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %I FROM PUBLIC, CURRENT_USER', name);
      END $$;

      -- Creates the partitions of this month and of the next three, and drops those whose entries are all older than the
      -- given number of days. Returns how many it dropped. Runs as the owner of the tables, so that a server with fewer
      -- privileges can call it.
      CREATE FUNCTION maintain_audit_partitions(keep_days integer) RETURNS integer
      LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' SET lock_timeout = '2s' AS $$
      DECLARE
        oldest CONSTANT timestamptz := now() - make_interval(days => keep_days);
        month timestamptz;
        partition text;
        dropped integer := 0;
      BEGIN
        IF keep_days < 30 THEN
          RAISE EXCEPTION 'the audit trail is kept for 30 days or more' USING ERRCODE = 'restrict_violation';
        END IF;
        -- One server at a time.
        IF NOT pg_try_advisory_xact_lock(hashtextextended('maintain_audit_partitions', 0)) THEN
          RETURN 0;
        END IF;
        FOR ahead IN 0..3 LOOP
          month := date_trunc('month', now()) + make_interval(months => ahead);
          partition := 'audit_entries_' || to_char(month, 'YYYY_MM');
          -- Entries of a clock that was wrong are in the default partition, and stay there.
          CONTINUE WHEN to_regclass(partition) IS NOT NULL
            OR EXISTS (SELECT FROM audit_entries_default d WHERE d.at >= month AND d.at < month + interval '1 month');
          PERFORM add_audit_partition(partition, format('FOR VALUES FROM (%L) TO (%L)', month, month + interval '1 month'));
        END LOOP;
        FOR partition IN
          SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
           WHERE i.inhparent = 'audit_entries'::regclass AND c.relname ~ '^audit_entries_\\d{4}_\\d{2}$'
        LOOP
          month := to_timestamp(right(partition, 7), 'YYYY_MM');
          CONTINUE WHEN month + interval '1 month' > oldest;
          EXECUTE format('DROP TABLE %I', partition);
          dropped := dropped + 1;
        END LOOP;
        IF (SELECT max(d.at) FROM audit_entries_default d) < oldest THEN
          DROP TABLE audit_entries_default;
          PERFORM add_audit_partition('audit_entries_default', 'DEFAULT');
          dropped := dropped + 1;
        END IF;
        RETURN dropped;
      END $$;

      SELECT add_audit_partition('audit_entries_default', 'DEFAULT');
      SELECT maintain_audit_partitions(3650);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE audit_entries;
      DROP FUNCTION maintain_audit_partitions(integer), add_audit_partition(text, text), allow_only_erasing_origins();
    `);
  }
}
