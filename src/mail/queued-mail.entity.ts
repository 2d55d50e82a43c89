import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A mail that waits, or was sent. Written in the transaction of the change that it reports. */
@Entity('mails')
@Index('mails_due_idx', ['nextAttemptAt'], { where: 'sent_at IS NULL AND failed_at IS NULL' })
@Index('mails_recipient_idx', ['recipient'])
@Index('mails_created_at_idx', ['createdAt'])
export class QueuedMail {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'mails_pkey' })
  id: string;

  @Column('text')
  kind: string;

  @Column('citext')
  recipient: string;

  @Column('bytea', {
    nullable: true,
    comment: 'Subject and texts, encrypted, because they contain secret links. NULL once nobody needs them.',
  })
  content: Buffer | null;

  @Column('timestamp with time zone', { name: 'created_at', precision: 3 })
  createdAt: Date;

  @Column('integer', { default: 0 })
  attempts: number;

  @Column('timestamp with time zone', {
    name: 'next_attempt_at',
    precision: 3,
    comment: 'While a server sends the mail: when another one may try, because that server must have failed.',
  })
  nextAttemptAt: Date;

  @Column('timestamp with time zone', { name: 'sent_at', precision: 3, nullable: true })
  sentAt: Date | null;

  @Column('timestamp with time zone', {
    name: 'failed_at',
    precision: 3,
    nullable: true,
    comment: 'When the last attempt failed and no other will follow.',
  })
  failedAt: Date | null;

  @Column('text', { name: 'last_error', nullable: true })
  lastError: string | null;
}
