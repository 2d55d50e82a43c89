import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Snapshot } from '../content/snapshot.js';
import type { ContentKind, Undoing } from './change.js';

/** The complete content of an event after one change. Only a redaction updates it. */
@Entity('event_versions')
@Check('event_versions_row_check', 'is_valid_version(event_versions)')
@Index('event_versions_created_at_idx', ['eventId', 'createdAt'])
@Index('event_versions_position_idx', ['eventId', 'position'], { unique: true })
export class EventVersion {
  @PrimaryColumn('uuid', { name: 'event_id', primaryKeyConstraintName: 'event_versions_pkey' })
  eventId: string;

  @PrimaryColumn('integer', { primaryKeyConstraintName: 'event_versions_pkey' })
  version: number;

  /** Position in the history of the event, which includes changes of members. Assigned under the lock of the event. */
  @Column('bigint', { comment: 'Place in the history of the event, changes of members included: 1, 2, 3 …' })
  position: number;

  @Column('text')
  kind: ContentKind;

  @Column('uuid', { name: 'author_id' })
  authorId: string;

  @Column('text', { nullable: true })
  comment: string | null;

  /** Wire names of the fields that differ from the previous version. */
  @Column('text', { array: true })
  changed: string[];

  @Column('jsonb', {
    comment:
      'The content after the change: "schema", and a value for each content column of events. See whole_snapshot.',
  })
  snapshot: Snapshot;

  @Column('jsonb', {
    nullable: true,
    comment:
      'How the version was made, when it undoes others: {rolledBackTo, fields}, {reverted}, or {rejoined} for a tail whose dates returned to its series.',
  })
  undoes: Undoing | null;

  @Column('jsonb', {
    name: 'long_values',
    nullable: true,
    comment: 'What the snapshot leaves to version_values: names of columns, and hashes as hexadecimal digits.',
  })
  longValues: Record<string, string> | null;

  @Column('timestamp with time zone', { name: 'created_at', precision: 3 })
  createdAt: Date;

  /** SHA-256 over the row and the hash of the previous row in the history of the event: see history-hash.ts. */
  @Column('bytea', { comment: 'SHA-256 over this row and the hash of the one before it in the history of the event.' })
  hash: Buffer;
}
