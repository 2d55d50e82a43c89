import { Check, Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { CalendarEvent } from '../content/event.entity.js';
import type { MemberEntry } from '../permissions/member.js';
import { User } from '../users/user.entity.js';
import { MEMBER_KINDS, type MemberKind } from './change.js';

const KINDS = MEMBER_KINDS.map((kind) => `'${kind}'`).join(', ');

/** A change of members: shared, changed roles, revoked or transferred. Never updated. */
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

  /** Position in the history of the event, which includes versions; see `EventVersion.position`. */
  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'member_changes_pkey' })
  position: number;

  /** The version of the event at the time of the change. */
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
  members: MemberEntry[];

  @Column('timestamp with time zone', { name: 'created_at', precision: 3 })
  createdAt: Date;

  /** SHA-256 in the chain that versions and changes of members share; see `EventVersion.hash`. */
  @Column('bytea')
  hash: Buffer;
}
