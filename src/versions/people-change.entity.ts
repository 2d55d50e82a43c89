import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { CalendarEvent } from '../events/event.entity.js';
import { PEOPLE_KINDS, type PeopleKind, type PersonChange } from '../platform/changes/change.js';
import { User } from '../users/user.entity.js';

const KINDS = PEOPLE_KINDS.map((kind) => `'${kind}'`).join(', ');

/** Who was let onto an event, given another role or removed. Never rewritten. */
@Entity('people_changes')
@Check('people_changes_kind_check', `kind IN (${KINDS})`)
@Check('people_changes_hash_check', 'octet_length(hash) = 32')
export class PeopleChangeRow {
  @PrimaryColumn('uuid', { name: 'event_id', primaryKeyConstraintName: 'people_changes_pkey' })
  @ForeignKey(() => CalendarEvent, { name: 'people_changes_event_id_fkey' })
  eventId: string;

  /** Order among everything that happened to the event, versions included; see `EventVersion.position`. */
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'people_changes_pkey' })
  position: number;

  /** The event's version at that moment. */
  @Column('integer')
  version: number;

  @Column('text')
  kind: PeopleKind;

  @Column('uuid', { name: 'actor_id' })
  @ForeignKey(() => User, { name: 'people_changes_actor_id_fkey' })
  actorId: string;

  @Column('text', { nullable: true })
  comment: string | null;

  @Column('jsonb')
  people: PersonChange[];

  @Column('timestamp with time zone', { name: 'created_at', precision: 3 })
  createdAt: Date;

  /** The next link of the chain that versions and people share. */
  @Column('bytea')
  hash: Buffer;
}
