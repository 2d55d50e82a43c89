/** Plain tables with the indexes that the statements use, and the constraints that keep them consistent. */
export const SCHEMA = `
  CREATE EXTENSION IF NOT EXISTS btree_gist;

  CREATE TABLE users (
    id uuid PRIMARY KEY,
    username text NOT NULL UNIQUE,
    email text NOT NULL UNIQUE,
    password_hash text NOT NULL,
    time_zone text NOT NULL,
    created_at timestamptz(3) NOT NULL
  );

  CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users,
    refresh_hash bytea,
    created_at timestamptz(3) NOT NULL,
    last_used_at timestamptz(3) NOT NULL,
    expires_at timestamptz(3) NOT NULL
  );

  CREATE TABLE events (
    id uuid PRIMARY KEY,
    title varchar(255) NOT NULL,
    description text,
    location varchar(255),
    url varchar(2000),
    start_time timestamptz(3) NOT NULL,
    end_time timestamptz(3) NOT NULL,
    time_zone text NOT NULL,
    all_day boolean NOT NULL DEFAULT false,
    rrule text,
    show_as text NOT NULL DEFAULT 'busy',
    status text NOT NULL DEFAULT 'confirmed',
    version integer NOT NULL,
    created_at timestamptz(3) NOT NULL,
    updated_at timestamptz(3) NOT NULL,
    updated_by uuid NOT NULL,
    CHECK (end_time > start_time)
  );

  CREATE TABLE event_permissions (
    event_id uuid NOT NULL REFERENCES events,
    user_id uuid NOT NULL REFERENCES users,
    role text NOT NULL,
    granted_by uuid NOT NULL,
    granted_at timestamptz(3) NOT NULL,
    PRIMARY KEY (event_id, user_id)
  );
  CREATE INDEX ON event_permissions (user_id, event_id);
  CREATE UNIQUE INDEX ON event_permissions (event_id) WHERE role = 'owner';

  CREATE TABLE event_occupancy (
    event_id uuid NOT NULL REFERENCES events,
    owner_id uuid NOT NULL,
    start_time timestamptz(3) NOT NULL,
    end_time timestamptz(3) NOT NULL,
    PRIMARY KEY (event_id, start_time),
    EXCLUDE USING gist (owner_id WITH =, tstzrange(start_time, end_time) WITH &&)
  );

  CREATE TABLE event_versions (
    event_id uuid NOT NULL REFERENCES events,
    version integer NOT NULL,
    kind text NOT NULL,
    author_id uuid NOT NULL,
    comment text,
    changed text[] NOT NULL,
    snapshot jsonb NOT NULL,
    created_at timestamptz(3) NOT NULL,
    PRIMARY KEY (event_id, version)
  );

  CREATE TABLE notification_streams (
    user_id uuid PRIMARY KEY REFERENCES users,
    last_seq bigint NOT NULL
  );

  CREATE TABLE notifications (
    user_id uuid NOT NULL,
    seq bigint NOT NULL,
    id uuid NOT NULL,
    type text NOT NULL,
    event_id uuid NOT NULL REFERENCES events,
    event_title text NOT NULL,
    version integer NOT NULL,
    actor_id uuid NOT NULL,
    changed text[] NOT NULL,
    created_at timestamptz(3) NOT NULL,
    read_at timestamptz(3),
    PRIMARY KEY (user_id, seq)
  );
  CREATE UNIQUE INDEX ON notifications (id);
  CREATE INDEX ON notifications (user_id, seq) WHERE read_at IS NULL;
`;

/** The content of an event \`e\` as its versions store it. */
export const SNAPSHOT = `jsonb_build_object('title', e.title, 'description', e.description, 'location', e.location,
  'url', e.url, 'start_time', e.start_time, 'end_time', e.end_time, 'time_zone', e.time_zone, 'all_day', e.all_day,
  'rrule', e.rrule, 'show_as', e.show_as, 'status', e.status)`;
