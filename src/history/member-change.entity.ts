import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { CalendarEvent } from '../content/event.entity.js';
import type { RoleChange } from '../permissions/member.js';
import { User } from '../users/user.entity.js';
import { MEMBER_KINDS, type MemberKind } from './change.js';

const KINDS = MEMBER_KINDS.map((kind) => `'${kind}'`).join(', ');

/** Who became a member of an event, got another role or was removed. Never rewritten. */
@Entity('member_changes')
@Check('member_changes_kind_check', `kind IN (${KINDS})`)
@Check('member_changes_version_check', 'version >= 1')
@Check('member_changes_position_check', 'position >= 1')
@Check('member_changes_hash_check', 'octet_length(hash) = 32')
@Check('member_changes_members_check', `jsonb_typeof(members) = 'array'`)
export class MemberChange {
  @PrimaryColumn('uuid', { name: 'event_id', primaryKeyConstraintName: 'member_changes_pkey' })
  @ForeignKey(() => CalendarEvent, { name: 'member_changes_event_id_fkey' })
  eventId: string;

  /** Place among everything that happened to the event, versions included; see `EventVersion.position`. */
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'member_changes_pkey' })
  position: number;

  /** The event's version at that moment. */
  @Column('integer', { comment: 'Version of the event at that moment; a change of members does not raise it.' })
  version: number;

  @Column('text')
  kind: MemberKind;

  @Column('uuid', { name: 'actor_id' })
  @ForeignKey(() => User, { name: 'member_changes_actor_id_fkey' })
  actorId: string;

  @Column('text', { nullable: true })
  comment: string | null;

  @Column('jsonb', { comment: 'List of {userId, from, to}: roles before and after, null for "not a member".' })
  members: RoleChange[];

  @Column('timestamp with time zone', { name: 'created_at', precision: 3 })
  createdAt: Date;

  /** The next link of the chain that versions and changes of members share. */
  @Column('bytea')
  hash: Buffer;
}
