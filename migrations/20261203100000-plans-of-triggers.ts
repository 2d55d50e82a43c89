import type { MigrationInterface, QueryRunner } from 'typeorm';

const changeSpans = (add: string, remove: string): string => `
  CREATE OR REPLACE FUNCTION add_visible_spans() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO visible_spans (event_id, user_id, kind, start_time, span)
    ${add};
    INSERT INTO event_texts_due (event_id) SELECT DISTINCT a.event_id FROM added a;
    RETURN NULL;
  END $$;
  CREATE OR REPLACE FUNCTION remove_visible_spans() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    ${remove};
    INSERT INTO event_texts_due (event_id) SELECT DISTINCT r.event_id FROM removed r;
    RETURN NULL;
  END $$;`;

/**
 * A connection plans the statements of a trigger once, often while the tables are almost empty. A join with the rows that
 * were added then read all events, also when there were many.
 */
export class PlansOfTriggers20261203100000 implements MigrationInterface {
  name = 'PlansOfTriggers20261203100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      changeSpans(
        // OFFSET 0 keeps the look-up inside, so that each row is found by its key, whatever the planner expects.
        `SELECT a.event_id, a.user_id, e.kind, e.start_time, e.span
           FROM added a CROSS JOIN LATERAL (
                SELECT visible_kind(e) AS kind, e.start_time, tstzrange(e.first_start, e.last_end) AS span
                  FROM events e WHERE e.id = a.event_id AND e.deleted_at IS NULL OFFSET 0) AS e`,
        `DELETE FROM visible_spans WHERE ctid = ANY (ARRAY(
           SELECT v.ctid FROM removed r CROSS JOIN LATERAL (
                  SELECT v.ctid FROM visible_spans v
                   WHERE v.event_id = r.event_id AND v.user_id = r.user_id OFFSET 0) AS v))`,
      ),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      changeSpans(
        `SELECT e.id, a.user_id, visible_kind(e), e.start_time, tstzrange(e.first_start, e.last_end)
           FROM added a JOIN events e ON e.id = a.event_id WHERE e.deleted_at IS NULL`,
        `DELETE FROM visible_spans v USING removed r WHERE v.event_id = r.event_id AND v.user_id = r.user_id`,
      ),
    );
  }
}
