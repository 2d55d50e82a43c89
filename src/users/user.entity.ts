import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

@Entity('users')
@Index('users_username_key', ['username'], { unique: true, where: 'erased_at IS NULL' })
@Index('users_erased_at_idx', ['erasedAt'], { where: 'erased_at IS NOT NULL' })
@Index('users_admins_idx', ['id'], { where: `role = 'admin'` })
@Index('users_disabled_idx', ['id'], { where: 'disabled_at IS NOT NULL' })
@Index('users_email_key', ['email'], { unique: true, where: 'holds_email' })
@Index('users_claimed_email_idx', ['email', 'createdAt'], { where: 'NOT holds_email' })
@Check('users_role_check', `role IN ('user', 'admin')`)
export class User {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'users_pkey' })
  id: string;

  // citext: unique without regard to case, kept as typed.
  @Column('citext')
  username: string;

  @Column('citext')
  email: string;

  /** Several accounts may name one address (docs/adr/0028). One of them holds it: others reach that one by it. */
  @Column('boolean', {
    name: 'holds_email',
    default: true,
    comment: 'Whether others reach the account by its address. False when another account held the address already.',
  })
  holdsEmail: boolean;

  /** When the person proved that they receive mails at this address; null before. */
  @Column('timestamp with time zone', { name: 'email_verified_at', precision: 3, nullable: true })
  emailVerifiedAt: Date | null;

  /** The address that replaces `email` once it is confirmed. */
  @Column('citext', { name: 'pending_email', nullable: true })
  pendingEmail: string | null;

  @Column('timestamp with time zone', { name: 'pending_email_until', precision: 3, nullable: true })
  pendingEmailUntil: Date | null;

  @Column('text', { name: 'password_hash' })
  passwordHash: string;

  @Column('text', { default: 'user' })
  role: 'user' | 'admin';

  @Column('text', { name: 'time_zone' })
  timeZone: string;

  @Column('timestamp with time zone', { name: 'created_at', precision: 3 })
  createdAt: Date;

  /** When nothing was left of the person but the id that history points at. Look-ups pass over such rows. */
  @Column('timestamp with time zone', {
    name: 'erased_at',
    precision: 3,
    nullable: true,
    comment:
      'When the account was erased: the row stays, because history refers to it, and says nothing about the person.',
  })
  erasedAt: Date | null;

  /** When an administrator disabled the account. */
  @Column('timestamp with time zone', {
    name: 'disabled_at',
    precision: 3,
    nullable: true,
    comment: 'When an administrator disabled the account: nobody can sign in to it, and it writes nothing.',
  })
  disabledAt: Date | null;
}
