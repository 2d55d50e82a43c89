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
  split_from uuid,
  split_from_version integer,
  first_start timestamptz(3) NOT NULL,
  last_end timestamptz(3),
  tzdata text NOT NULL,
  version integer NOT NULL,
  created_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL,
  updated_by uuid NOT NULL,
  CONSTRAINT events_pkey PRIMARY KEY (id),
  CONSTRAINT events_split_from_fkey FOREIGN KEY (split_from) REFERENCES events (id),
  CONSTRAINT events_updated_by_fkey FOREIGN KEY (updated_by) REFERENCES users (id),
  CONSTRAINT events_end_after_start_check CHECK (end_time > start_time),
  CONSTRAINT events_show_as_check CHECK (show_as IN ('busy', 'free')),
  CONSTRAINT events_version_check CHECK (version >= 1),
  CONSTRAINT events_split_check CHECK ((split_from IS NULL) = (split_from_version IS NULL)),
  CONSTRAINT events_lists_check CHECK (jsonb_typeof(excluded) = 'array' AND jsonb_typeof(added) = 'array' AND jsonb_typeof(overrides) = 'array')
);
CREATE INDEX events_start_time_idx ON events (start_time, id);
CREATE INDEX events_updated_at_idx ON events (updated_at, id);
CREATE INDEX events_series_id_idx ON events (series_id);
CREATE INDEX events_split_from_idx ON events (split_from) WHERE split_from IS NOT NULL;
CREATE INDEX events_tzdata_idx ON events (tzdata);

COMMENT ON COLUMN events.local_start IS 'Wall clock in time_zone, which is what people meant: start_time is derived from it and may move with a new edition of the time zone data.';
COMMENT ON COLUMN events.local_end IS 'Wall clock in time_zone; of an all-day event, midnight after its last day.';
COMMENT ON COLUMN events.rrule IS 'Canonical RFC 5545 rule; null for an event that happens once.';
COMMENT ON COLUMN events.excluded IS 'Original local starts that do not take place.';
COMMENT ON COLUMN events.added IS 'Local starts beside those of the rule.';
COMMENT ON COLUMN events.overrides IS 'What single occurrences have of their own, by original local start.';
COMMENT ON COLUMN events.deleted_at IS 'When the event went to the trash; rows are never removed.';
COMMENT ON COLUMN events.series_id IS 'Shared by the parts of a series that was split; the id of an unsplit event.';
COMMENT ON COLUMN events.split_from_version IS 'Version of the event split_from just after the split.';
COMMENT ON COLUMN events.first_start IS 'Start of the first occurrence. Derived from the content, for finding by window.';
COMMENT ON COLUMN events.last_end IS 'End of the last occurrence; null for an endless series. Derived from the content.';
COMMENT ON COLUMN events.tzdata IS 'Edition of the time zone data with which the instants were computed. Derived.';

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
);
CREATE UNIQUE INDEX event_permissions_one_owner_idx ON event_permissions (event_id) WHERE role = 'owner';
CREATE INDEX event_permissions_user_id_idx ON event_permissions (user_id, event_id);
