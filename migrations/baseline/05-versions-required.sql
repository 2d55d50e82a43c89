-- Returns whether a snapshot is the content of a row. The content is every column that is not listed here: a new column
-- that snapshots lack makes every write fail, instead of being lost.
CREATE FUNCTION is_snapshot_of(snapshot jsonb, event events) RETURNS boolean LANGUAGE sql STABLE AS $$
  SELECT (SELECT array_agg(name ORDER BY name) FROM jsonb_object_keys(snapshot - 'schema') AS name)
       = (SELECT array_agg(name ORDER BY name)
            FROM jsonb_object_keys(to_jsonb(event) - ARRAY['id', 'series_id', 'split_from', 'split_from_version',
                   'first_start', 'last_end', 'tzdata', 'version', 'created_at', 'updated_at', 'updated_by']) AS name)
     AND jsonb_populate_record(event, snapshot) IS NOT DISTINCT FROM event
$$;

-- At COMMIT every written event has its next version, which is a snapshot of it and of the right kind.
CREATE FUNCTION require_event_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  stored event_versions;
  derived CONSTANT text[] := ARRAY['tzdata', 'first_start', 'last_end'];
BEGIN
  IF TG_OP = 'DELETE' THEN
    RAISE EXCEPTION 'events are never removed, only put into the trash' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  -- What only follows from the content may be computed again without a version.
  IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - derived = to_jsonb(OLD) - derived THEN
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
END $$;
CREATE CONSTRAINT TRIGGER events_require_version AFTER INSERT OR UPDATE OR DELETE ON events
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_event_version();

-- A version ahead of its event would be in the way of the next change.
CREATE FUNCTION require_event_of_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM events e WHERE e.id = NEW.event_id AND e.version >= NEW.version) THEN
    RAISE EXCEPTION 'version % is ahead of event %', NEW.version, NEW.event_id
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER event_versions_require_event AFTER INSERT ON event_versions
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_event_of_version();
