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

const IS_SNAPSHOT_BEFORE = `LANGUAGE sql STABLE AS $$
  SELECT (SELECT array_agg(name ORDER BY name) FROM jsonb_object_keys(snapshot - 'schema') AS name)
       = (SELECT array_agg(name ORDER BY name)
            FROM jsonb_object_keys(to_jsonb(event) - ARRAY['${OTHER_COLUMNS.join(`', '`)}']) AS name)
     AND jsonb_populate_record(event, snapshot) IS NOT DISTINCT FROM event
$$`;

const IS_SNAPSHOT = `LANGUAGE plpgsql STABLE AS $$
DECLARE
  content events := jsonb_populate_record(NULL::events, snapshot);
BEGIN
  ${OTHER_COLUMNS.map((column) => `content.${column} := event.${column};`).join('\n  ')}
  RETURN content IS NOT DISTINCT FROM event;
END $$`;

const requireEventVersion = (unchanged: string): string => `
  CREATE OR REPLACE FUNCTION require_event_version() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    stored event_versions;
    derived CONSTANT text[] := ARRAY['tzdata', 'first_start', 'last_end'];
  BEGIN
    IF TG_OP = 'DELETE' THEN
      RAISE EXCEPTION 'events are never removed, only put into the trash' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    -- What only follows from the content may be computed again without a version.
    IF TG_OP = 'UPDATE' AND ${unchanged}to_jsonb(NEW) - derived = to_jsonb(OLD) - derived THEN
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
    IF is_snapshot_of(stored.snapshot, NEW) IS NOT TRUE THEN
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

const SPAN_COLUMNS = ['deleted_at', 'start_time', 'end_time', 'first_start', 'last_end', 'rrule', 'added'];
const CHANGED_SPAN = ['OLD', 'NEW'].map(
  (row) =>
    `(${row}.deleted_at IS NULL, ${SPAN_COLUMNS.slice(1)
      .map((column) => `${row}.${column}`)
      .join(', ')})`,
);

/** The checks of a write cost as much as writing the row. They check the same with less work. */
export class CheaperWrites20261127150000 implements MigrationInterface {
  name = 'CheaperWrites20261127150000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- Returns whether a snapshot is the content of a row. The content is every column that is not copied here: a value
      -- that the snapshot lacks makes the write fail, instead of being lost.
      CREATE OR REPLACE FUNCTION is_snapshot_of(snapshot jsonb, event events) RETURNS boolean ${IS_SNAPSHOT};
      ${requireEventVersion('NEW.version = OLD.version AND ')}
      -- By columns: a condition is parsed again for each statement.
      DROP TRIGGER events_change_spans ON events;
      CREATE TRIGGER events_change_spans AFTER UPDATE OF ${SPAN_COLUMNS.join(', ')} ON events
        FOR EACH ROW EXECUTE FUNCTION change_visible_spans();
      -- EventLock has plain statements for what these did.
      DROP FUNCTION lock_event(uuid, boolean, uuid), lock_availability(uuid[]);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE OR REPLACE FUNCTION is_snapshot_of(snapshot jsonb, event events) RETURNS boolean ${IS_SNAPSHOT_BEFORE};
      ${requireEventVersion('')}
      DROP TRIGGER events_change_spans ON events;
      CREATE TRIGGER events_change_spans AFTER UPDATE ON events FOR EACH ROW
        WHEN (${CHANGED_SPAN.join(' IS DISTINCT FROM ')}) EXECUTE FUNCTION change_visible_spans();
      CREATE FUNCTION lock_availability(owners uuid[]) RETURNS void LANGUAGE plpgsql AS $$
      DECLARE
        person uuid;
      BEGIN
        FOR person IN SELECT DISTINCT o FROM unnest(owners) AS o WHERE o IS NOT NULL ORDER BY o LOOP
          PERFORM pg_advisory_xact_lock(hashtextextended(person::text, 0));
        END LOOP;
      END $$;
      CREATE FUNCTION lock_event(event_id uuid, with_availability boolean, availability_of uuid)
      RETURNS TABLE (event jsonb, members jsonb, editor text, "position" bigint, hash text, at timestamptz)
      LANGUAGE plpgsql AS $$
      #variable_conflict use_column
      DECLARE
        wanted CONSTANT uuid := $1;
        owner uuid;
        locked events;
      BEGIN
        IF with_availability THEN
          SELECT p.user_id INTO owner FROM event_permissions p WHERE p.event_id = wanted AND p.role = 'owner';
          PERFORM lock_availability(ARRAY[owner, availability_of]);
        END IF;
        SELECT * INTO locked FROM events e WHERE e.id = wanted FOR UPDATE;
        IF NOT FOUND THEN
          RETURN;
        END IF;
        IF with_availability AND NOT EXISTS (
          SELECT FROM event_permissions p WHERE p.event_id = wanted AND p.role = 'owner' AND p.user_id = owner) THEN
          -- Its ownership was transferred between the two locks: the transaction starts again with the right one.
          RAISE EXCEPTION 'event % got another owner', wanted USING ERRCODE = 'serialization_failure';
        END IF;
        RETURN QUERY
          SELECT to_jsonb(locked),
                 (SELECT jsonb_agg(jsonb_build_object('userId', p.user_id, 'username', u.username, 'role', p.role,
                           'grantedAt', p.granted_at, 'grantedBy', jsonb_build_object('id', g.id, 'username', g.username))
                           ORDER BY p.role = 'owner' DESC, u.username)
                    FROM event_permissions p JOIN users u ON u.id = p.user_id JOIN users g ON g.id = p.granted_by
                   WHERE p.event_id = wanted),
                 (SELECT u.username::text FROM users u WHERE u.id = locked.updated_by),
                 last.position, last.hash, last.created_at
            FROM last_entry(wanted) AS last;
      END $$;
    `);
  }
}
