import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { RoleChange } from '../permissions/member.js';
import { User } from '../users/user.entity.js';

export const NOTIFICATION_TYPES = [
  'event_created',
  'event_updated',
  'event_rolled_back',
  'event_deleted',
  'event_restored',
  'event_shared',
  'role_changed',
  'access_revoked',
  'ownership_transferred',
  'invitations_changed',
] as const;
export type NotificationType = (typeof NOTIFICATION_TYPES)[number];

/** The members whose roles changed, as far as a message names them: the recipient first, then a few others. */
export interface NamedMembers {
  named: RoleChange[];
  total: number;
}

/** One item of a user's stream, numbered 1, 2, 3 … without gaps. */
@Entity('notifications')
@Check('notifications_row_check', 'is_valid_notification(notifications)')
@Index('notifications_id_key', ['id', 'createdAt'], { unique: true })
@Index('notifications_unread_idx', ['userId', 'seq'], { where: 'read_at IS NULL' })
export class Notification {
  @PrimaryColumn('uuid', { name: 'user_id', primaryKeyConstraintName: 'notifications_pkey' })
  userId: string;

  @PrimaryColumn('bigint', { primaryKeyConstraintName: 'notifications_pkey' })
  seq: number;

  @Column('uuid')
  id: string;

  @Column('text')
  type: NotificationType;

  @Column('uuid', { name: 'event_id' })
  eventId: string;

  @Column('text', { name: 'event_title' })
  eventTitle: string;

  @Column('integer')
  version: number;

  @Column('uuid', { name: 'actor_id' })
  actorId: string;

  @Column('text', { array: true })
  changed: string[];

  @Column('jsonb', {
    nullable: true,
    comment: 'Whose roles changed, as far as the message names them: {named: [{userId, from, to}], total}.',
  })
  members: NamedMembers | null;

  @Column('text', {
    nullable: true,
    comment: 'What the actor did, to follow their name; null when type and members say it.',
  })
  summary: string | null;

  @PrimaryColumn('timestamp with time zone', {
    name: 'created_at',
    precision: 3,
    primaryKeyConstraintName: 'notifications_pkey',
  })
  createdAt: Date;

  @Column('timestamp with time zone', { name: 'read_at', precision: 3, nullable: true })
  readAt: Date | null;
}

/** The number of the last item of each user's stream. Its row is the lock under which items are numbered. */
@Entity('notification_streams')
export class NotificationStream {
  @PrimaryColumn('uuid', { name: 'user_id', primaryKeyConstraintName: 'notification_streams_pkey' })
  @ForeignKey(() => User, { name: 'notification_streams_user_id_fkey' })
  userId: string;

  @Column('bigint', { name: 'last_seq' })
  lastSeq: number;

  @Column('bigint', { default: 0, comment: 'How often items of the stream were marked as read.' })
  reads: number;
}
