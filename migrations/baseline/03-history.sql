-- Both tables are keyed by event first, so that they can be partitioned by a hash of it.
CREATE TABLE event_versions (
  event_id uuid NOT NULL,
  version integer NOT NULL,
  position bigint NOT NULL,
  kind text NOT NULL,
  author_id uuid NOT NULL,
  comment text,
  changed text[] NOT NULL,
  snapshot jsonb NOT NULL,
  created_at timestamptz(3) NOT NULL,
  hash bytea NOT NULL,
  CONSTRAINT event_versions_pkey PRIMARY KEY (event_id, version),
  CONSTRAINT event_versions_event_id_fkey FOREIGN KEY (event_id) REFERENCES events (id),
  CONSTRAINT event_versions_author_id_fkey FOREIGN KEY (author_id) REFERENCES users (id),
  CONSTRAINT event_versions_version_check CHECK (version >= 1),
  CONSTRAINT event_versions_position_check CHECK (position >= 1),
  CONSTRAINT event_versions_hash_check CHECK (octet_length(hash) = 32),
  CONSTRAINT event_versions_snapshot_check CHECK (jsonb_typeof(snapshot -> 'schema') = 'number'),
  CONSTRAINT event_versions_kind_check CHECK (kind IN ('created', 'updated', 'rolled_back', 'deleted', 'restored', 'split'))
);
CREATE UNIQUE INDEX event_versions_position_idx ON event_versions (event_id, position);
-- The state at an earlier time is the newest version up to it.
CREATE INDEX event_versions_created_at_idx ON event_versions (event_id, created_at);
COMMENT ON COLUMN event_versions.position IS 'Place in the history of the event, changes of members included: 1, 2, 3 …';
COMMENT ON COLUMN event_versions.snapshot IS 'The whole content after the change: "schema", and a value for each content column of events.';
COMMENT ON COLUMN event_versions.hash IS 'SHA-256 over this row and the hash of the one before it in the history of the event.';

CREATE TABLE member_changes (
  event_id uuid NOT NULL,
  position bigint NOT NULL,
  version integer NOT NULL,
  kind text NOT NULL,
  actor_id uuid NOT NULL,
  comment text,
  members jsonb NOT NULL,
  created_at timestamptz(3) NOT NULL,
  hash bytea NOT NULL,
  CONSTRAINT member_changes_pkey PRIMARY KEY (event_id, position),
  CONSTRAINT member_changes_event_id_fkey FOREIGN KEY (event_id) REFERENCES events (id),
  CONSTRAINT member_changes_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES users (id),
  CONSTRAINT member_changes_version_check CHECK (version >= 1),
  CONSTRAINT member_changes_position_check CHECK (position >= 1),
  CONSTRAINT member_changes_hash_check CHECK (octet_length(hash) = 32),
  CONSTRAINT member_changes_members_check CHECK (jsonb_typeof(members) = 'array'),
  CONSTRAINT member_changes_kind_check CHECK (kind IN ('shared', 'role_changed', 'revoked', 'ownership_transferred'))
);
COMMENT ON COLUMN member_changes.version IS 'Version of the event at that moment; a change of members does not raise it.';
COMMENT ON COLUMN member_changes.members IS 'List of {userId, from, to}: roles before and after, null for "not a member".';

-- Versions whose texts were replaced by an administrator, and why.
CREATE TABLE redactions (
  event_id uuid NOT NULL,
  version integer NOT NULL,
  reason text NOT NULL,
  content_hash bytea NOT NULL,
  created_at timestamptz(3) NOT NULL,
  CONSTRAINT redactions_pkey PRIMARY KEY (event_id, version),
  CONSTRAINT redactions_event_id_fkey FOREIGN KEY (event_id) REFERENCES events (id),
  CONSTRAINT redactions_reason_check CHECK (reason <> ''),
  CONSTRAINT redactions_content_hash_check CHECK (octet_length(content_hash) = 32)
);
COMMENT ON COLUMN redactions.content_hash IS 'Hash of the content before: the hash of the version was computed with it, so the chain still verifies.';

-- Returns the last entry of the history of an event: the one that the next is chained to.
CREATE FUNCTION last_entry(event uuid) RETURNS TABLE ("position" bigint, hash text, created_at timestamptz) LANGUAGE sql STABLE AS $$
  SELECT last.position, encode(last.hash, 'hex'), last.created_at FROM (
    (SELECT v.position, v.hash, v.created_at FROM event_versions v WHERE v.event_id = event ORDER BY v.position DESC LIMIT 1)
    UNION ALL
    (SELECT m.position, m.hash, m.created_at FROM member_changes m WHERE m.event_id = event ORDER BY m.position DESC LIMIT 1)
    ORDER BY 1 DESC LIMIT 1) AS last
$$;
