import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { CalendarEvent } from '../content/event.entity.js';

/** A long value of one or more versions of an event. Never updated; removed when a redaction took it from all of them. */
@Entity('version_values')
@Check('version_values_hash_check', 'octet_length(hash) = 32')
export class VersionValue {
  @PrimaryColumn('uuid', { name: 'event_id', primaryKeyConstraintName: 'version_values_pkey' })
  @ForeignKey(() => CalendarEvent, { name: 'version_values_event_id_fkey' })
  eventId: string;

  /** SHA-256 of the value. */
  @PrimaryColumn('bytea', { primaryKeyConstraintName: 'version_values_pkey' })
  hash: Buffer;

  @Column('jsonb')
  value: unknown;
}
