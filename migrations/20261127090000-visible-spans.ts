import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a person sees in a window is found by an index on that person's own events and times. */
export class VisibleSpans20261127090000 implements MigrationInterface {
  name = 'VisibleSpans20261127090000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- When each member of an event that is not in the trash sees it. Derived: only triggers write it.
      CREATE TABLE visible_spans (
        event_id uuid NOT NULL,
        user_id uuid NOT NULL,
        kind smallint NOT NULL,
        start_time timestamptz(3) NOT NULL,
        span tstzrange NOT NULL,
        CONSTRAINT visible_spans_pkey PRIMARY KEY (event_id, user_id),
        CONSTRAINT visible_spans_kind_check CHECK (kind IN (0, 1, 2))
      );
      COMMENT ON COLUMN visible_spans.kind IS '0: a single event of up to a day; 1: a longer one; 2: a series.';
      COMMENT ON COLUMN visible_spans.span IS 'From the first start to the last end, which an endless series has not.';

      CREATE FUNCTION visible_kind(event events) RETURNS smallint LANGUAGE sql IMMUTABLE AS $$
        SELECT (CASE WHEN event.rrule IS NOT NULL OR event.added <> '[]' THEN 2
                     WHEN event.end_time - event.start_time > interval '24 hours' THEN 1 ELSE 0 END)::smallint
      $$;

      CREATE FUNCTION add_visible_spans() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO visible_spans (event_id, user_id, kind, start_time, span)
        SELECT e.id, a.user_id, visible_kind(e), e.start_time, tstzrange(e.first_start, e.last_end)
          FROM added a JOIN events e ON e.id = a.event_id WHERE e.deleted_at IS NULL;
        RETURN NULL;
      END $$;
      CREATE TRIGGER event_permissions_add_spans AFTER INSERT ON event_permissions
        REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION add_visible_spans();

      CREATE FUNCTION remove_visible_spans() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        DELETE FROM visible_spans v USING removed r WHERE v.event_id = r.event_id AND v.user_id = r.user_id;
        RETURN NULL;
      END $$;
      CREATE TRIGGER event_permissions_remove_spans AFTER DELETE ON event_permissions
        REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION remove_visible_spans();

      CREATE FUNCTION change_visible_spans() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        DELETE FROM visible_spans v WHERE v.event_id = NEW.id;
        IF NEW.deleted_at IS NULL THEN
          INSERT INTO visible_spans (event_id, user_id, kind, start_time, span)
          SELECT NEW.id, p.user_id, visible_kind(NEW), NEW.start_time, tstzrange(NEW.first_start, NEW.last_end)
            FROM event_permissions p WHERE p.event_id = NEW.id;
        END IF;
        RETURN NULL;
      END $$;
      CREATE TRIGGER events_change_spans AFTER UPDATE ON events FOR EACH ROW
        WHEN ((OLD.deleted_at IS NULL, OLD.start_time, OLD.end_time, OLD.first_start, OLD.last_end, OLD.rrule, OLD.added)
              IS DISTINCT FROM
              (NEW.deleted_at IS NULL, NEW.start_time, NEW.end_time, NEW.first_start, NEW.last_end, NEW.rrule, NEW.added))
        EXECUTE FUNCTION change_visible_spans();

      INSERT INTO visible_spans (event_id, user_id, kind, start_time, span)
      SELECT e.id, p.user_id, visible_kind(e), e.start_time, tstzrange(e.first_start, e.last_end)
        FROM event_permissions p JOIN events e ON e.id = p.event_id WHERE e.deleted_at IS NULL;

      -- Events in the order of a list. Short ones that overlap a window are found by their start alone.
      CREATE INDEX visible_spans_start_idx ON visible_spans (user_id, start_time, event_id) INCLUDE (kind, span);
      -- Long events and series, of which a person has few.
      CREATE INDEX visible_spans_long_idx ON visible_spans USING gist (user_id, span) WHERE kind > 0;
      DROP INDEX events_start_time_idx;

      -- The series of one owner that continue after what is stored of them.
      DROP INDEX event_occupancy_busy_until_idx;
      CREATE INDEX event_occupancy_busy_until_idx ON event_occupancy (owner_id, busy_until) WHERE busy_until IS NOT NULL;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP INDEX event_occupancy_busy_until_idx;
      CREATE INDEX event_occupancy_busy_until_idx ON event_occupancy (busy_until) WHERE busy_until IS NOT NULL;
      CREATE INDEX events_start_time_idx ON events (start_time, id);
      DROP TRIGGER events_change_spans ON events;
      DROP TRIGGER event_permissions_add_spans ON event_permissions;
      DROP TRIGGER event_permissions_remove_spans ON event_permissions;
      DROP TABLE visible_spans;
      DROP FUNCTION add_visible_spans(), remove_visible_spans(), change_visible_spans(), visible_kind(events);
    `);
  }
}
