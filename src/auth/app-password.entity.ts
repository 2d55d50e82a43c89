import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { User } from '../users/user.entity.js';

/** The password of one application, which reads the calendar over CalDAV and can do nothing else. */
@Entity('app_passwords')
@Unique('app_passwords_hash_key', ['hash'])
export class AppPassword {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'app_passwords_pkey' })
  id: string;

  @Column('uuid', { name: 'user_id' })
  @Index('app_passwords_user_id_idx')
  @ForeignKey(() => User, { name: 'app_passwords_user_id_fkey' })
  userId: string;

  /** How its owner recognizes it. */
  @Column('text')
  name: string;

  @Column('bytea', { comment: 'SHA-256 of the secret, which is random and shown once.' })
  hash: Buffer;

  @Column('timestamp with time zone', { name: 'created_at', precision: 3 })
  createdAt: Date;

  @Column('timestamp with time zone', {
    name: 'last_used_at',
    precision: 3,
    nullable: true,
    comment: 'Exact to some minutes.',
  })
  lastUsedAt: Date | null;
}
