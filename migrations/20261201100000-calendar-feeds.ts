import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Secret links to which calendar applications subscribe. */
export class CalendarFeeds20261201100000 implements MigrationInterface {
  name = 'CalendarFeeds20261201100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE calendar_feeds (
        id uuid NOT NULL,
        user_id uuid NOT NULL,
        name text,
        kind text NOT NULL,
        role text,
        secret_hash bytea NOT NULL,
        created_at timestamptz(3) NOT NULL,
        rotated_at timestamptz(3),
        last_used_at timestamptz(3),
        CONSTRAINT calendar_feeds_pkey PRIMARY KEY (id),
        CONSTRAINT calendar_feeds_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id),
        CONSTRAINT calendar_feeds_kind_check CHECK (kind IN ('all', 'busy', 'role')),
        CONSTRAINT calendar_feeds_role_check
          CHECK ((kind = 'role') = (role IS NOT NULL) AND role IN ('viewer', 'editor', 'owner')));
      CREATE UNIQUE INDEX calendar_feeds_secret_hash_key ON calendar_feeds (secret_hash);
      CREATE INDEX calendar_feeds_user_id_idx ON calendar_feeds (user_id);
      COMMENT ON COLUMN calendar_feeds.secret_hash IS
        'SHA-256 of the secret, which only the person and their applications have.';
      COMMENT ON COLUMN calendar_feeds.last_used_at IS 'Exact to an hour.'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE calendar_feeds');
  }
}
