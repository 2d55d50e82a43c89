CREATE EXTENSION IF NOT EXISTS citext;
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE users (
  id uuid NOT NULL,
  username citext NOT NULL,
  email citext NOT NULL,
  password_hash text NOT NULL,
  role text NOT NULL DEFAULT 'user',
  time_zone text NOT NULL,
  created_at timestamptz(3) NOT NULL,
  erased_at timestamptz(3),
  CONSTRAINT users_pkey PRIMARY KEY (id),
  CONSTRAINT users_email_key UNIQUE (email),
  CONSTRAINT users_role_check CHECK (role IN ('user', 'admin'))
);
-- Erased accounts share one name, which nobody can sign up with: it contains a space.
CREATE UNIQUE INDEX users_username_key ON users (username) WHERE erased_at IS NULL;
CREATE INDEX users_erased_at_idx ON users (erased_at) WHERE erased_at IS NOT NULL;
COMMENT ON COLUMN users.erased_at IS 'When the account was erased: the row stays, because history refers to it, and says nothing about the person.';

-- The server itself, as the author of versions that nobody asked for, such as after new time zone data.
INSERT INTO users (id, username, email, password_hash, role, time_zone, created_at)
VALUES ('00000000-0000-7000-8000-000000000001', 'convene-system', 'system@convene.invalid', '!', 'user', 'UTC',
        clock_timestamp());

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
);
CREATE INDEX sessions_user_id_idx ON sessions (user_id);
COMMENT ON COLUMN sessions.refresh_count IS 'How often the refresh token was rotated; the current token is derived from it.';
