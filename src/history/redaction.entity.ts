import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { CalendarEvent } from '../content/event.entity.js';

/** Why the texts of a version were replaced, and the hash of its original content. Never updated. */
@Entity('redactions')
@Check('redactions_content_hash_check', 'octet_length(content_hash) = 32')
@Check('redactions_reason_check', `reason <> ''`)
export class Redaction {
  @PrimaryColumn('uuid', { name: 'event_id', primaryKeyConstraintName: 'redactions_pkey' })
  @ForeignKey(() => CalendarEvent, { name: 'redactions_event_id_fkey' })
  eventId: string;

  @PrimaryColumn('integer', { primaryKeyConstraintName: 'redactions_pkey' })
  version: number;

  @Column('text')
  reason: string;

  /**
   * Hash of the original content, from which the hash of the version was computed, so that the chain still verifies.
   */
  @Column('bytea', {
    name: 'content_hash',
    comment: 'Hash of the content before: the hash of the version was computed with it, so the chain still verifies.',
  })
  contentHash: Buffer;

  @Column('timestamp with time zone', { name: 'created_at', precision: 3 })
  createdAt: Date;
}
