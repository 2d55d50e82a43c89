import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Imports that go on after the response, whose callers ask how far they are. */
export class ImportJobs20261204100000 implements MigrationInterface {
  name = 'ImportJobs20261204100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE import_jobs (
        id uuid NOT NULL,
        user_id uuid NOT NULL,
        request_id text NOT NULL,
        state text NOT NULL,
        dry_run boolean NOT NULL,
        done integer NOT NULL,
        total integer,
        result json,
        created_at timestamptz(3) NOT NULL,
        seen_at timestamptz(3) NOT NULL,
        finished_at timestamptz(3),
        CONSTRAINT import_jobs_pkey PRIMARY KEY (id),
        CONSTRAINT import_jobs_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id),
        CONSTRAINT import_jobs_state_check CHECK (state IN ('waiting', 'running', 'done', 'failed')),
        CONSTRAINT import_jobs_finished_check
          CHECK ((state IN ('done', 'failed')) = (finished_at IS NOT NULL AND result IS NOT NULL)));
      COMMENT ON COLUMN import_jobs.result IS 'The report of an import that is done, or the problem of one that failed.';
      COMMENT ON COLUMN import_jobs.seen_at IS 'When the server that does it last said so. One that says nothing has stopped.';
      CREATE INDEX import_jobs_user_id_idx ON import_jobs (user_id);
      CREATE INDEX import_jobs_created_at_idx ON import_jobs (created_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE import_jobs');
  }
}
