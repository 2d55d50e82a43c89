import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { User } from '../users/user.entity.js';

/** One sign-in on one device. Its refresh token is derived from `refreshCount`; nothing secret is stored. */
@Entity('sessions')
@Index('sessions_user_id_idx', ['userId', 'device'])
export class Session {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'sessions_pkey' })
  id: string;

  @Column('uuid', { name: 'user_id' })
  @ForeignKey(() => User, { name: 'sessions_user_id_fkey' })
  userId: string;

  /** How often the refresh token was rotated; only the token with this number is good. */
  @Column('integer', {
    name: 'refresh_count',
    default: 0,
    comment: 'How often the refresh token was rotated; the current token is derived from it.',
  })
  refreshCount: number;

  @Column('timestamp with time zone', { name: 'rotated_at', precision: 3, nullable: true })
  rotatedAt: Date | null;

  @Column('timestamp with time zone', { name: 'created_at', precision: 3 })
  createdAt: Date;

  @Column('timestamp with time zone', { name: 'last_used_at', precision: 3 })
  lastUsedAt: Date;

  @Column('timestamp with time zone', { name: 'expires_at', precision: 3 })
  expiresAt: Date;

  @Column('timestamp with time zone', { name: 'ended_at', precision: 3, nullable: true })
  endedAt: Date | null;

  @Column('text', { nullable: true })
  address: string | null;

  @Column('text', { name: 'user_agent', nullable: true })
  userAgent: string | null;

  @Column('text', {
    nullable: true,
    comment: 'A hash of the program and the network: whether the account was used from there before.',
  })
  device: string | null;
}
