import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A text is found by an index on the texts of all events and on who sees them. */
export class EventTexts20261127130000 implements MigrationInterface {
  name = 'EventTexts20261127130000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE EXTENSION IF NOT EXISTS pg_trgm;

      -- What is searched, and who may find it. Indexing a text costs several times as much as an edit, so writers only name
      -- the event in event_texts_due, and the server indexes it afterwards: until then, searches read the event itself.
      CREATE TABLE event_texts (
        event_id uuid NOT NULL,
        members uuid[] NOT NULL,
        texts text NOT NULL,
        CONSTRAINT event_texts_pkey PRIMARY KEY (event_id)
      );
      CREATE TABLE event_texts_due (
        event_id uuid NOT NULL
      );
      COMMENT ON TABLE event_texts_due IS 'Events whose texts or members changed since event_texts was written. Contains duplicates.';

      CREATE FUNCTION searched_texts(event events) RETURNS text LANGUAGE sql IMMUTABLE AS $$
        SELECT concat_ws(E'\\n', event.title, event.description, event.location,
          (SELECT string_agg(concat_ws(E'\\n', o ->> 'title', o ->> 'description', o ->> 'location'), E'\\n')
             FROM jsonb_array_elements(event.overrides) AS o))
      $$;

      CREATE FUNCTION enqueue_event_texts() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO event_texts_due (event_id) VALUES (NEW.id);
        RETURN NULL;
      END $$;
      -- By the columns that a statement names, not by their values: comparing two long texts would cost more.
      CREATE TRIGGER events_enqueue_texts AFTER UPDATE OF title, description, location, overrides ON events
        FOR EACH ROW EXECUTE FUNCTION enqueue_event_texts();

      -- A change of members changes who finds the event. The triggers for spans see it already.
      CREATE OR REPLACE FUNCTION add_visible_spans() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO visible_spans (event_id, user_id, kind, start_time, span)
        SELECT e.id, a.user_id, visible_kind(e), e.start_time, tstzrange(e.first_start, e.last_end)
          FROM added a JOIN events e ON e.id = a.event_id WHERE e.deleted_at IS NULL;
        INSERT INTO event_texts_due (event_id) SELECT DISTINCT a.event_id FROM added a;
        RETURN NULL;
      END $$;
      CREATE OR REPLACE FUNCTION remove_visible_spans() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        DELETE FROM visible_spans v USING removed r WHERE v.event_id = r.event_id AND v.user_id = r.user_id;
        INSERT INTO event_texts_due (event_id) SELECT DISTINCT r.event_id FROM removed r;
        RETURN NULL;
      END $$;

      -- Indexes up to so many of the entries that are due, and returns how many entries it removed; 0 as well while another
      -- server does it: an older text must not replace a newer one.
      CREATE FUNCTION index_event_texts(entries integer) RETURNS integer LANGUAGE plpgsql AS $$
      DECLARE
        removed integer;
      BEGIN
        IF NOT pg_try_advisory_xact_lock(7203112) THEN
          RETURN 0;
        END IF;
        WITH due AS (
          DELETE FROM event_texts_due
           WHERE ctid = ANY (ARRAY(SELECT ctid FROM event_texts_due LIMIT entries)) RETURNING event_id
        ), current AS (
          SELECT e.id, searched_texts(e) AS texts,
                 ARRAY(SELECT p.user_id FROM event_permissions p WHERE p.event_id = e.id ORDER BY p.user_id) AS members
            FROM events e WHERE e.id IN (SELECT event_id FROM due)
        ), written AS (
          INSERT INTO event_texts AS t (event_id, members, texts) SELECT id, members, texts FROM current
          ON CONFLICT (event_id) DO UPDATE SET members = excluded.members, texts = excluded.texts
           WHERE (t.members, t.texts) IS DISTINCT FROM (excluded.members, excluded.texts)
        )
        SELECT count(*) INTO removed FROM due;
        RETURN removed;
      END $$;

      INSERT INTO event_texts (event_id, members, texts)
      SELECT e.id, ARRAY(SELECT p.user_id FROM event_permissions p WHERE p.event_id = e.id ORDER BY p.user_id), searched_texts(e)
        FROM events e;
      SET LOCAL maintenance_work_mem = '256MB';
      -- Entries that are not sorted in yet are read by every search: few of them are kept.
      CREATE INDEX event_texts_idx ON event_texts USING gin (members, texts gin_trgm_ops)
        WITH (gin_pending_list_limit = 256);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE OR REPLACE FUNCTION add_visible_spans() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO visible_spans (event_id, user_id, kind, start_time, span)
        SELECT e.id, a.user_id, visible_kind(e), e.start_time, tstzrange(e.first_start, e.last_end)
          FROM added a JOIN events e ON e.id = a.event_id WHERE e.deleted_at IS NULL;
        RETURN NULL;
      END $$;
      CREATE OR REPLACE FUNCTION remove_visible_spans() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        DELETE FROM visible_spans v USING removed r WHERE v.event_id = r.event_id AND v.user_id = r.user_id;
        RETURN NULL;
      END $$;
      DROP TRIGGER events_enqueue_texts ON events;
      DROP FUNCTION enqueue_event_texts(), index_event_texts(integer);
      DROP TABLE event_texts, event_texts_due;
      DROP FUNCTION searched_texts(events);
    `);
  }
}
