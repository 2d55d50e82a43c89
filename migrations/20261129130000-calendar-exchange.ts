import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The columns of an event that are not part of its snapshots. */
const OTHER_COLUMNS = [
  'id',
  'series_id',
  'split_from',
  'split_from_version',
  'first_start',
  'last_end',
  'tzdata',
  'version',
  'created_at',
  'updated_at',
  'updated_by',
  'purged_at',
];

const isSnapshot = (others: string[]): string => `
  CREATE OR REPLACE FUNCTION is_snapshot_of(snapshot jsonb, event events) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
  DECLARE
    content events := jsonb_populate_record(NULL::events, snapshot);
  BEGIN
    ${others.map((column) => `content.${column} := event.${column};`).join('\n    ')}
    RETURN content IS NOT DISTINCT FROM event;
  END $$;`;

/**
 * Events have the UID with which they were imported, and keep what Convene does not know of their iCalendar file.
 */
export class CalendarExchange20261129130000 implements MigrationInterface {
  name = 'CalendarExchange20261129130000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE events ADD COLUMN uid text;
      COMMENT ON COLUMN events.uid IS
        'The iCalendar UID of an imported event. An event made here has none: its UID is derived from its id.'`);
    await runner.query(isSnapshot([...OTHER_COLUMNS, 'uid']));
    await runner.query(`
      CREATE TABLE imported_events (
        event_id uuid NOT NULL,
        version integer NOT NULL,
        sequence integer NOT NULL,
        last_modified timestamptz(3),
        digest bytea NOT NULL,
        kept jsonb NOT NULL,
        CONSTRAINT imported_events_pkey PRIMARY KEY (event_id),
        CONSTRAINT imported_events_event_id_fkey FOREIGN KEY (event_id) REFERENCES events (id));
      COMMENT ON COLUMN imported_events.version IS
        'The version that the last import left. A later one was changed here.';
      COMMENT ON COLUMN imported_events.digest IS
        'SHA-256 of what the file contained about the event, without DTSTAMP.';
      COMMENT ON COLUMN imported_events.kept IS
        'Lines that are exported again, by original start of the occurrence; those of the event itself under an empty name.'`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE imported_events');
    await runner.query(isSnapshot(OTHER_COLUMNS));
    await runner.query('ALTER TABLE events DROP COLUMN uid');
  }
}
