import { Check, Column, Entity, PrimaryColumn, Unique } from 'typeorm';

@Entity('users')
@Unique('users_username_key', ['username'])
@Unique('users_email_key', ['email'])
@Check('users_role_check', `role IN ('user', 'admin')`)
export class User {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'users_pkey' })
  id: string;

  // citext: unique without regard to case, kept as typed.
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
}
