-- An index allows one owner at most; this demands one at least.
CREATE FUNCTION require_event_owner() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  event uuid := CASE TG_TABLE_NAME WHEN 'events' THEN (to_jsonb(NEW) ->> 'id')::uuid ELSE (to_jsonb(OLD) ->> 'event_id')::uuid END;
BEGIN
  IF NOT EXISTS (SELECT FROM event_permissions p WHERE p.event_id = event AND p.role = 'owner') THEN
    RAISE EXCEPTION 'event % has no owner', event USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER events_require_owner AFTER INSERT ON events
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_event_owner();
CREATE CONSTRAINT TRIGGER event_permissions_require_owner AFTER UPDATE OR DELETE ON event_permissions
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.role = 'owner') EXECUTE FUNCTION require_event_owner();

-- Returns the members with which an event began: its creator, or for the tail of a series the members of its head.
CREATE FUNCTION members_at_birth(event uuid)
RETURNS TABLE (user_id uuid, role text, granted_by uuid, granted_at timestamptz) LANGUAGE plpgsql STABLE AS $$
DECLARE
  birth event_versions;
BEGIN
  SELECT * INTO birth FROM event_versions v WHERE v.event_id = event AND v.version = 1;
  IF birth.kind = 'split' THEN
    RETURN QUERY
      SELECT head.* FROM events e
        JOIN event_versions cut ON cut.event_id = e.split_from AND cut.version = e.split_from_version
        CROSS JOIN members_at(e.split_from, 'infinity', cut.position) head
       WHERE e.id = event;
  ELSIF birth.event_id IS NOT NULL THEN
    RETURN QUERY SELECT birth.author_id, 'owner', birth.author_id, birth.created_at::timestamptz;
  END IF;
END $$;

-- Returns the members of an event at a moment, before a position of its history. Nobody before the event existed.
CREATE FUNCTION members_at(event uuid, moment timestamptz, before bigint)
RETURNS TABLE (user_id uuid, role text, granted_by uuid, granted_at timestamptz) LANGUAGE plpgsql STABLE AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM event_versions v WHERE v.event_id = event AND v.version = 1 AND v.created_at <= moment) THEN
    RETURN;
  END IF;
  RETURN QUERY
    WITH latest AS (
      SELECT DISTINCT ON (m."userId") m."userId" AS member, m."to" AS given, c.actor_id, c.created_at
        FROM member_changes c CROSS JOIN jsonb_to_recordset(c.members) AS m ("userId" uuid, "to" text)
       WHERE c.event_id = event AND c.created_at <= moment AND c.position < before
       ORDER BY m."userId", c.position DESC)
    SELECT l.member, l.given, l.actor_id, l.created_at::timestamptz FROM latest l WHERE l.given IS NOT NULL
    UNION ALL
    SELECT b.* FROM members_at_birth(event) b WHERE NOT EXISTS (SELECT FROM latest l WHERE l.member = b.user_id);
END $$;

-- At COMMIT a person's role is the last one in the history of the event, given by the same person at the same time.
CREATE FUNCTION require_role_in_history(event uuid, person uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  recorded record;
  stored record;
BEGIN
  SELECT m."to" AS role, c.actor_id AS granted_by, c.created_at AS granted_at INTO recorded
    FROM member_changes c CROSS JOIN jsonb_to_recordset(c.members) AS m ("userId" uuid, "to" text)
   WHERE c.event_id = event AND m."userId" = person ORDER BY c.position DESC LIMIT 1;
  IF NOT FOUND THEN
    SELECT b.role, b.granted_by, b.granted_at INTO recorded FROM members_at_birth(event) b WHERE b.user_id = person;
  END IF;
  SELECT p.role, p.granted_by, p.granted_at INTO stored
    FROM event_permissions p WHERE p.event_id = event AND p.user_id = person;
  IF recorded.role IS DISTINCT FROM stored.role
     OR stored.role IS NOT NULL
        AND (recorded.granted_by, recorded.granted_at) IS DISTINCT FROM (stored.granted_by, stored.granted_at)
  THEN
    RAISE EXCEPTION 'the role of % on event % is not the one in its history', person, event
      USING ERRCODE = 'integrity_constraint_violation';
  END IF;
END $$;

CREATE FUNCTION require_history_of_permission() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    PERFORM require_role_in_history(OLD.event_id, OLD.user_id);
  END IF;
  IF TG_OP <> 'DELETE' THEN
    PERFORM require_role_in_history(NEW.event_id, NEW.user_id);
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER event_permissions_require_recorded_role AFTER INSERT OR UPDATE OR DELETE ON event_permissions
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_history_of_permission();

CREATE FUNCTION require_permissions_of_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM require_role_in_history(NEW.event_id, (m ->> 'userId')::uuid) FROM jsonb_array_elements(NEW.members) m;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER member_changes_require_permissions AFTER INSERT ON member_changes
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION require_permissions_of_change();
