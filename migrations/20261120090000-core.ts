import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Accounts, events, people, history and streams. */
export class Core20261120090000 implements MigrationInterface {
  name = 'Core20261120090000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE EXTENSION IF NOT EXISTS citext`);
    await runner.query(`CREATE EXTENSION IF NOT EXISTS btree_gist`);

    await runner.query(`
      CREATE TABLE users (
        id uuid NOT NULL,
        username citext NOT NULL,
        email citext NOT NULL,
        password_hash text NOT NULL,
        role text NOT NULL DEFAULT 'user',
        time_zone text NOT NULL,
        created_at timestamptz(3) NOT NULL,
        CONSTRAINT users_pkey PRIMARY KEY (id),
        CONSTRAINT users_username_key UNIQUE (username),
        CONSTRAINT users_email_key UNIQUE (email),
        CONSTRAINT users_role_check CHECK (role IN ('user', 'admin'))
      )`);

    await runner.query(`
      CREATE TABLE sessions (
        id uuid NOT NULL,
        user_id uuid NOT NULL,
        refresh_count integer NOT NULL DEFAULT 0,
        rotated_at timestamptz(3),
        created_at timestamptz(3) NOT NULL,
        last_used_at timestamptz(3) NOT NULL,
        expires_at timestamptz(3) NOT NULL,
        ended_at timestamptz(3),
        address text,
        user_agent text,
        CONSTRAINT sessions_pkey PRIMARY KEY (id),
        CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id)
      )`);
    await runner.query(`CREATE INDEX sessions_user_id_idx ON sessions (user_id)`);

    await runner.query(`
      CREATE TABLE events (
        id uuid NOT NULL,
        title varchar(255) NOT NULL,
        description text,
        location varchar(255),
        start_time timestamptz(3) NOT NULL,
        end_time timestamptz(3) NOT NULL,
        local_start text NOT NULL,
        local_end text NOT NULL,
        time_zone text NOT NULL,
        all_day boolean NOT NULL,
        rrule text,
        excluded jsonb NOT NULL DEFAULT '[]',
        added jsonb NOT NULL DEFAULT '[]',
        overrides jsonb NOT NULL DEFAULT '[]',
        show_as text NOT NULL DEFAULT 'busy',
        deleted_at timestamptz(3),
        series_id uuid NOT NULL,
        first_start timestamptz(3) NOT NULL,
        last_end timestamptz(3),
        version integer NOT NULL,
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        updated_by uuid NOT NULL,
        CONSTRAINT events_pkey PRIMARY KEY (id),
        CONSTRAINT events_updated_by_fkey FOREIGN KEY (updated_by) REFERENCES users (id),
        CONSTRAINT events_end_after_start_check CHECK (end_time > start_time),
        CONSTRAINT events_show_as_check CHECK (show_as IN ('busy', 'free'))
      )`);
    await runner.query(`CREATE INDEX events_start_time_idx ON events (start_time, id)`);
    await runner.query(`CREATE INDEX events_updated_at_idx ON events (updated_at, id)`);
    await runner.query(`CREATE INDEX events_series_id_idx ON events (series_id)`);

    await runner.query(`
      CREATE TABLE event_permissions (
        event_id uuid NOT NULL,
        user_id uuid NOT NULL,
        role text NOT NULL,
        granted_by uuid NOT NULL,
        granted_at timestamptz(3) NOT NULL,
        CONSTRAINT event_permissions_pkey PRIMARY KEY (event_id, user_id),
        CONSTRAINT event_permissions_event_id_fkey FOREIGN KEY (event_id) REFERENCES events (id),
        CONSTRAINT event_permissions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id),
        CONSTRAINT event_permissions_granted_by_fkey FOREIGN KEY (granted_by) REFERENCES users (id),
        CONSTRAINT event_permissions_role_check CHECK (role IN ('viewer', 'editor', 'owner'))
      )`);
    await runner.query(
      `CREATE UNIQUE INDEX event_permissions_one_owner_idx ON event_permissions (event_id) WHERE role = 'owner'`,
    );
    await runner.query(`CREATE INDEX event_permissions_user_id_idx ON event_permissions (user_id, event_id)`);

    // Which time each busy event takes from its owner. A row of its own, so that editing a title doesn't rewrite ten
    // years of occurrences. The exclusion constraint is the belt: the owner's advisory lock already keeps writers apart.
    await runner.query(`
      CREATE TABLE event_occupancy (
        event_id uuid NOT NULL,
        owner_id uuid NOT NULL,
        busy tstzmultirange NOT NULL,
        rejects boolean NOT NULL,
        CONSTRAINT event_occupancy_pkey PRIMARY KEY (event_id),
        CONSTRAINT event_occupancy_event_id_fkey FOREIGN KEY (event_id) REFERENCES events (id),
        CONSTRAINT event_occupancy_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users (id),
        CONSTRAINT event_occupancy_no_overlap
          EXCLUDE USING gist (owner_id WITH =, busy WITH &&) WHERE (rejects)
      )`);
    await runner.query(`CREATE INDEX event_occupancy_busy_idx ON event_occupancy USING gist (owner_id, busy)`);

    await runner.query(`CREATE SEQUENCE history_position`);
    await runner.query(`
      CREATE TABLE event_versions (
        event_id uuid NOT NULL,
        version integer NOT NULL,
        position bigint NOT NULL DEFAULT nextval('history_position'),
        kind text NOT NULL,
        author_id uuid NOT NULL,
        comment text,
        changed text[] NOT NULL,
        snapshot jsonb NOT NULL,
        created_at timestamptz(3) NOT NULL,
        CONSTRAINT event_versions_pkey PRIMARY KEY (event_id, version),
        CONSTRAINT event_versions_event_id_fkey FOREIGN KEY (event_id) REFERENCES events (id),
        CONSTRAINT event_versions_author_id_fkey FOREIGN KEY (author_id) REFERENCES users (id),
        CONSTRAINT event_versions_version_check CHECK (version >= 1),
        CONSTRAINT event_versions_kind_check
          CHECK (kind IN ('created', 'updated', 'rolled_back', 'deleted', 'restored', 'split'))
      )`);
    await runner.query(`CREATE UNIQUE INDEX event_versions_position_idx ON event_versions (event_id, position)`);
    await runner.query(`
      CREATE TABLE people_changes (
        position bigint NOT NULL DEFAULT nextval('history_position'),
        event_id uuid NOT NULL,
        version integer NOT NULL,
        kind text NOT NULL,
        actor_id uuid NOT NULL,
        people jsonb NOT NULL,
        created_at timestamptz(3) NOT NULL,
        CONSTRAINT people_changes_pkey PRIMARY KEY (position),
        CONSTRAINT people_changes_event_id_fkey FOREIGN KEY (event_id) REFERENCES events (id),
        CONSTRAINT people_changes_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES users (id),
        CONSTRAINT people_changes_kind_check
          CHECK (kind IN ('shared', 'role_changed', 'revoked', 'ownership_transferred'))
      )`);
    await runner.query(`CREATE INDEX people_changes_event_idx ON people_changes (event_id, position)`);

    await runner.query(`
      CREATE TABLE notification_streams (
        user_id uuid NOT NULL,
        last_seq bigint NOT NULL,
        CONSTRAINT notification_streams_pkey PRIMARY KEY (user_id),
        CONSTRAINT notification_streams_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id)
      )`);
    await runner.query(`
      CREATE TABLE notifications (
        user_id uuid NOT NULL,
        seq bigint NOT NULL,
        id uuid NOT NULL,
        type text NOT NULL,
        event_id uuid NOT NULL,
        event_title text NOT NULL,
        version integer NOT NULL,
        actor_id uuid NOT NULL,
        changed text[] NOT NULL,
        people jsonb,
        created_at timestamptz(3) NOT NULL,
        read_at timestamptz(3),
        CONSTRAINT notifications_pkey PRIMARY KEY (user_id, seq),
        CONSTRAINT notifications_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id),
        CONSTRAINT notifications_event_id_fkey FOREIGN KEY (event_id) REFERENCES events (id),
        CONSTRAINT notifications_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES users (id),
        CONSTRAINT notifications_type_check CHECK (type IN ('event_created', 'event_updated', 'event_rolled_back',
          'event_deleted', 'event_restored', 'event_shared', 'role_changed', 'access_revoked',
          'ownership_transferred'))
      )`);
    await runner.query(`CREATE UNIQUE INDEX notifications_id_key ON notifications (id)`);
    await runner.query(`CREATE INDEX notifications_unread_idx ON notifications (user_id, seq) WHERE read_at IS NULL`);

    await runner.query(`
      CREATE FUNCTION require_event_version() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'DELETE' THEN
          RAISE EXCEPTION 'events are never removed, only put into the trash' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF NEW.version <> (CASE TG_OP WHEN 'INSERT' THEN 1 ELSE OLD.version + 1 END) THEN
          RAISE EXCEPTION 'event % was written without its next version', NEW.id
            USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF NOT EXISTS (SELECT 1 FROM event_versions v WHERE v.event_id = NEW.id AND v.version = NEW.version) THEN
          RAISE EXCEPTION 'version % of event % is missing from its history', NEW.version, NEW.id
            USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
      END $$`);
    await runner.query(`
      CREATE CONSTRAINT TRIGGER events_require_version AFTER INSERT OR UPDATE OR DELETE ON events
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_event_version()`);

    // The index allows one owner at most; this demands one at least.
    await runner.query(`
      CREATE FUNCTION require_event_owner() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE
        event uuid := CASE TG_TABLE_NAME WHEN 'events' THEN (to_jsonb(NEW) ->> 'id')::uuid ELSE (to_jsonb(OLD) ->> 'event_id')::uuid END;
      BEGIN
        IF NOT EXISTS (SELECT 1 FROM event_permissions p WHERE p.event_id = event AND p.role = 'owner') THEN
          RAISE EXCEPTION 'event % has no owner', event USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
      END $$`);
    await runner.query(`
      CREATE CONSTRAINT TRIGGER events_require_owner AFTER INSERT ON events
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_event_owner()`);
    await runner.query(`
      CREATE CONSTRAINT TRIGGER event_permissions_require_owner AFTER UPDATE OR DELETE ON event_permissions
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.role = 'owner') EXECUTE FUNCTION require_event_owner()`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE notifications, notification_streams, people_changes, event_versions, event_occupancy,
        event_permissions, events, sessions, users`);
    await runner.query(`DROP SEQUENCE history_position`);
    await runner.query(`DROP FUNCTION require_event_version(), require_event_owner()`);
  }
}
