import { Check, Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';

@Entity('users')
@Index('users_username_key', ['username'], { unique: true, where: 'erased_at IS NULL' })
@Index('users_erased_at_idx', ['erasedAt'], { where: 'erased_at IS NOT NULL' })
@Unique('users_email_key', ['email'])
@Check('users_role_check', `role IN ('user', 'admin')`)
export class User {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'users_pkey' })
  id: string;

  // citext: unique without regard to case, stored as typed.
  @Column('citext')
  username: string;

  @Column('citext')
  email: string;

  @Column('text', { name: 'password_hash' })
  passwordHash: string;

  @Column('text', { default: 'user' })
  role: 'user' | 'admin';

  @Column('text', { name: 'time_zone' })
  timeZone: string;

  @Column('timestamp with time zone', { name: 'created_at', precision: 3 })
  createdAt: Date;

  /** When the account was erased. Only the id, which history refers to, remains. Look-ups skip erased rows. */
  @Column('timestamp with time zone', { name: 'erased_at', precision: 3, nullable: true })
  erasedAt: Date | null;
}
