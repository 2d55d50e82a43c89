-- Which time each busy event occupies. A table of its own, so that editing a title does not rewrite ten years of
-- occurrences. The lock on the owner's availability keeps writers apart; the exclusion constraint guards against a writer
-- that forgets it.
CREATE TABLE event_occupancy (
  event_id uuid NOT NULL,
  owner_id uuid NOT NULL,
  busy tstzmultirange NOT NULL,
  rejects boolean NOT NULL,
  busy_until timestamptz(3),
  far_days bit varying,
  span tstzrange NOT NULL GENERATED ALWAYS AS (range_merge(busy)) STORED,
  week bit(336) NOT NULL,
  CONSTRAINT event_occupancy_pkey PRIMARY KEY (event_id),
  CONSTRAINT event_occupancy_event_id_fkey FOREIGN KEY (event_id) REFERENCES events (id),
  CONSTRAINT event_occupancy_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users (id),
  CONSTRAINT event_occupancy_no_overlap EXCLUDE USING gist (owner_id WITH =, busy WITH &&) WHERE (rejects)
);
-- Compressed, reading a series of daily occurrences costs several times as much.
ALTER TABLE event_occupancy ALTER COLUMN busy SET STORAGE EXTERNAL;
CREATE INDEX event_occupancy_span_idx ON event_occupancy USING gist (owner_id, span);
CREATE INDEX event_occupancy_busy_until_idx ON event_occupancy (busy_until) WHERE busy_until IS NOT NULL;

COMMENT ON COLUMN event_occupancy.rejects IS 'Stored with nothing overlapping it: the exclusion constraint keeps it so.';
COMMENT ON COLUMN event_occupancy.busy_until IS 'Up to where a series was expanded; null when busy is all of it.';
COMMENT ON COLUMN event_occupancy.far_days IS 'Days of later years on which the series occurs, one bit per day, for finding possible conflicts.';
COMMENT ON COLUMN event_occupancy.span IS 'From the first to the last moment of busy: small, and indexed.';
COMMENT ON COLUMN event_occupancy.week IS 'Half hours of the week (UTC) in which it ever occupies time: what shares none with another cannot overlap it.';

-- Lets writers of these people's availability take turns until the transaction ends. Always in the same order, so that no
-- two transactions wait for each other in a circle.
CREATE FUNCTION lock_availability(owners uuid[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  person uuid;
BEGIN
  FOR person IN SELECT DISTINCT o FROM unnest(owners) AS o WHERE o IS NOT NULL ORDER BY o LOOP
    PERFORM pg_advisory_xact_lock(hashtextextended(person::text, 0));
  END LOOP;
END $$;

-- Locks an event, and first the availability of its owner and of another person if asked to, and returns everything that
-- a write is judged by. One statement, but each query inside has a snapshot of its own: what is read after the lock was
-- granted includes what its last holder committed.
CREATE FUNCTION lock_event(event_id uuid, with_availability boolean, availability_of uuid)
RETURNS TABLE (event jsonb, members jsonb, editor text, "position" bigint, hash text, at timestamptz) LANGUAGE plpgsql AS $$
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
