import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { CalendarEvent } from '../content/event.entity.js';

/** What the last import of an event read, besides its content. It is not part of a version: nobody edits it. */
@Entity('imported_events')
export class ImportedEvent {
  @PrimaryColumn('uuid', { name: 'event_id', primaryKeyConstraintName: 'imported_events_pkey' })
  @ForeignKey(() => CalendarEvent, { name: 'imported_events_event_id_fkey' })
  eventId: string;

  @Column('integer', { comment: 'The version that the last import left. A later one was changed here.' })
  version: number;

  @Column('integer')
  sequence: number;

  @Column('timestamp with time zone', { name: 'last_modified', precision: 3, nullable: true })
  lastModified: Date | null;

  @Column('bytea', { comment: 'SHA-256 of what the file contained about the event, without DTSTAMP.' })
  digest: Buffer;

  @Column('jsonb', {
    comment:
      'Lines that are exported again, by original start of the occurrence; those of the event itself under an empty name.',
  })
  kept: KeptLines;
}

/** Unfolded lines by the original start of their occurrence; those of the event itself under an empty name. */
export type KeptLines = Record<string, string[]>;
