import type { MigrationInterface, QueryRunner } from 'typeorm';

const write = (columns: string, ofAdded: string, ofChanged: string): string => `
  CREATE OR REPLACE FUNCTION add_visible_spans() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    INSERT INTO visible_spans (event_id, user_id, kind, start_time, span${columns})
    SELECT a.event_id, a.user_id, e.kind, e.start_time, e.span${ofAdded}
      FROM added a CROSS JOIN LATERAL (
           SELECT visible_kind(e) AS kind, e.start_time, tstzrange(e.first_start, e.last_end) AS span,
                  e.updated_at, e.created_at
             FROM events e WHERE e.id = a.event_id AND e.deleted_at IS NULL OFFSET 0) AS e;
    INSERT INTO event_texts_due (event_id) SELECT DISTINCT a.event_id FROM added a;
    RETURN NULL;
  END $$;
  CREATE OR REPLACE FUNCTION change_visible_spans() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    DELETE FROM visible_spans v WHERE v.event_id = NEW.id;
    IF NEW.deleted_at IS NULL THEN
      INSERT INTO visible_spans (event_id, user_id, kind, start_time, span${columns})
      SELECT NEW.id, p.user_id, visible_kind(NEW), NEW.start_time, tstzrange(NEW.first_start, NEW.last_end)${ofChanged}
        FROM event_permissions p WHERE p.event_id = NEW.id;
    END IF;
    RETURN NULL;
  END $$;`;

/**
 * A list as of an earlier time finds most of its events where they are today: those whose span is older than that time. Only
 * the others have to be looked for among the versions.
 */
export class SpansSince20261205100700 implements MigrationInterface {
  name = 'SpansSince20261205100700';

  async up(runner: QueryRunner): Promise<void> {
    // What is there counts as moved just now, which is correct for every time, and costs no more than before. An hour more,
    // because this statement may have waited for writers, whose clocks may be others. The defaults stay: a trigger that waits
    // for this lock goes on without the columns.
    await runner.query(`
      ALTER TABLE visible_spans
        ADD COLUMN since timestamptz(3) NOT NULL DEFAULT now() + interval '1 hour',
        ADD COLUMN created_at timestamptz(3) NOT NULL DEFAULT '-infinity';
      COMMENT ON COLUMN visible_spans.since IS 'The event has had this span, outside the trash, since this time at the latest.';
      COMMENT ON COLUMN visible_spans.created_at IS 'That of the event: before, it was nowhere.';
      ${write(', since, created_at', ', e.updated_at, e.created_at', ', NEW.updated_at, NEW.created_at')}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ${write('', '', '')}
      ALTER TABLE visible_spans DROP COLUMN since, DROP COLUMN created_at;
    `);
  }
}
