import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { Role } from '../permissions/role.js';
import { User } from '../users/user.entity.js';

/** What a feed contains: all events that the person sees, when they are busy, or the events on which they have one role. */
export const FEED_KINDS = ['all', 'busy', 'role'] as const;
export type FeedKind = (typeof FEED_KINDS)[number];

/** A secret link to which a calendar application subscribes. */
@Entity('calendar_feeds')
@Check('calendar_feeds_kind_check', `kind IN ('all', 'busy', 'role')`)
@Check('calendar_feeds_role_check', `(kind = 'role') = (role IS NOT NULL) AND role IN ('viewer', 'editor', 'owner')`)
export class CalendarFeed {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'calendar_feeds_pkey' })
  id: string;

  @Column('uuid', { name: 'user_id' })
  @Index('calendar_feeds_user_id_idx')
  @ForeignKey(() => User, { name: 'calendar_feeds_user_id_fkey' })
  userId: string;

  @Column('text', { nullable: true })
  name: string | null;

  @Column('text')
  kind: FeedKind;

  @Column('text', { nullable: true })
  role: Role | null;

  @Column('bytea', {
    name: 'secret_hash',
    comment: 'SHA-256 of the secret, which only the person and their applications have.',
  })
  @Index('calendar_feeds_secret_hash_key', { unique: true })
  secretHash: Buffer;

  @Column('timestamp with time zone', { name: 'created_at', precision: 3 })
  createdAt: Date;

  @Column('timestamp with time zone', { name: 'rotated_at', precision: 3, nullable: true })
  rotatedAt: Date | null;

  @Column('timestamp with time zone', {
    name: 'last_used_at',
    precision: 3,
    nullable: true,
    comment: 'Exact to an hour.',
  })
  lastUsedAt: Date | null;
}
