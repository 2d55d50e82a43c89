import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { CalendarEvent } from '../content/event.entity.js';
import type { Role } from '../permissions/role.js';
import { User } from '../users/user.entity.js';

/** A role that waits for the person who receives mails at an address. The row is deleted once it is used or revoked. */
@Entity('event_invitations')
@Unique('event_invitations_event_id_email_key', ['eventId', 'email'])
@Check('event_invitations_role_check', `role IN ('viewer', 'editor')`)
export class EventInvitation {
  @PrimaryColumn('uuid', { name: 'event_id', primaryKeyConstraintName: 'event_invitations_pkey' })
  @ForeignKey(() => CalendarEvent, { name: 'event_invitations_event_id_fkey' })
  eventId: string;

  @PrimaryColumn('uuid', {
    primaryKeyConstraintName: 'event_invitations_pkey',
    comment: 'The same on both parts of a series that was split.',
  })
  id: string;

  @Column('citext', { comment: 'Only here: history, the audit trail and streams name the id.' })
  @Index('event_invitations_email_idx')
  email: string;

  @Column('text')
  role: Role;

  @Column('bytea', { name: 'token_hash', comment: 'Of the link in the last mail; see account_tokens.' })
  @Index('event_invitations_token_hash_idx')
  tokenHash: Buffer;

  @Column('uuid', { name: 'invited_by' })
  @ForeignKey(() => User, { name: 'event_invitations_invited_by_fkey' })
  invitedBy: string;

  @Column('timestamp with time zone', { name: 'invited_at', precision: 3 })
  invitedAt: Date;

  /** When the last mail was written. */
  @Column('timestamp with time zone', { name: 'sent_at', precision: 3 })
  sentAt: Date;

  @Column('timestamp with time zone', { name: 'expires_at', precision: 3 })
  @Index('event_invitations_expires_at_idx')
  expiresAt: Date;
}
