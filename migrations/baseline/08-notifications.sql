-- How far each person's stream has got. Its row is the lock under which numbers are given out.
CREATE TABLE notification_streams (
  user_id uuid NOT NULL,
  last_seq bigint NOT NULL,
  CONSTRAINT notification_streams_pkey PRIMARY KEY (user_id),
  CONSTRAINT notification_streams_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id)
);

-- Every key includes created_at and nothing refers to the table, so that it can be partitioned by month and pruned by
-- dropping partitions. The lock on the stream, not the key, is what makes numbers unique.
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
  members jsonb,
  created_at timestamptz(3) NOT NULL,
  read_at timestamptz(3),
  CONSTRAINT notifications_pkey PRIMARY KEY (user_id, seq, created_at),
  CONSTRAINT notifications_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id),
  CONSTRAINT notifications_event_id_fkey FOREIGN KEY (event_id) REFERENCES events (id),
  CONSTRAINT notifications_actor_id_fkey FOREIGN KEY (actor_id) REFERENCES users (id),
  CONSTRAINT notifications_seq_check CHECK (seq >= 1),
  CONSTRAINT notifications_version_check CHECK (version >= 1),
  CONSTRAINT notifications_members_check CHECK (jsonb_typeof(members) = 'object'),
  CONSTRAINT notifications_type_check CHECK (type IN ('event_created', 'event_updated', 'event_rolled_back', 'event_deleted', 'event_restored', 'event_shared', 'role_changed', 'access_revoked', 'ownership_transferred'))
);
CREATE UNIQUE INDEX notifications_id_key ON notifications (id, created_at);
CREATE INDEX notifications_unread_idx ON notifications (user_id, seq) WHERE read_at IS NULL;
COMMENT ON COLUMN notifications.members IS 'Whose roles changed, as far as the message names them: {named: [{userId, from, to}], total}.';

-- Answers to requests with an Idempotency-Key, so that a retry gets the same answer and changes nothing. The body is json,
-- not jsonb: it is sent again as it was, with its members in the same order.
CREATE TABLE idempotency_keys (
  user_id uuid NOT NULL,
  key varchar(255) NOT NULL,
  fingerprint text NOT NULL,
  status integer NOT NULL,
  headers jsonb NOT NULL,
  body json NOT NULL,
  created_at timestamptz(3) NOT NULL,
  CONSTRAINT idempotency_keys_pkey PRIMARY KEY (user_id, key)
);
CREATE INDEX idempotency_keys_created_at_idx ON idempotency_keys (created_at);
