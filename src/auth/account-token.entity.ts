import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { User } from '../users/user.entity.js';

/**
 * What a person may do who received a link. `email_release`: the old address agrees to its replacement. `invitation`:
 * the person registers with the address, or accepts a role on an event.
 */
export type TokenPurpose = 'password_reset' | 'email_verification' | 'email_change' | 'email_release' | 'invitation';

/** The secret of a link in a mail, by its hash. */
@Entity('account_tokens')
@Check(
  'account_tokens_purpose_check',
  `purpose IN ('password_reset', 'email_verification', 'email_change', 'email_release', 'invitation')`,
)
export class AccountToken {
  @PrimaryColumn('bytea', {
    primaryKeyConstraintName: 'account_tokens_pkey',
    comment: 'SHA-256 of the token, which only the mail contains.',
  })
  hash: Buffer;

  @Column('text')
  purpose: TokenPurpose;

  @Column('uuid', {
    name: 'user_id',
    nullable: true,
    comment:
      'NULL for an invitation, and when nobody has the address: then the row is written so that the request takes as long.',
  })
  @Index('account_tokens_user_id_idx')
  @ForeignKey(() => User, { name: 'account_tokens_user_id_fkey' })
  userId: string | null;

  @Column('citext', { comment: 'The address that the token confirms; for a change, the new one in both tokens.' })
  email: string;

  @Column('timestamp with time zone', { name: 'created_at', precision: 3 })
  createdAt: Date;

  @Column('timestamp with time zone', { name: 'expires_at', precision: 3 })
  @Index('account_tokens_expires_at_idx')
  expiresAt: Date;

  @Column('timestamp with time zone', { name: 'used_at', precision: 3, nullable: true })
  usedAt: Date | null;
}
