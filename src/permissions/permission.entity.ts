import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { User } from '../users/user.entity.js';
import { type Role, ROLES } from './role.js';

/** One person's role on one event. An index and a trigger guarantee that each event has exactly one owner. */
@Entity('event_permissions')
@Index('event_permissions_one_owner_idx', ['eventId'], { unique: true, where: `role = 'owner'` })
@Index('event_permissions_user_id_idx', ['userId', 'eventId'])
@Check('event_permissions_role_check', `role IN (${ROLES.map((role) => `'${role}'`).join(', ')})`)
export class Permission {
  @PrimaryColumn('uuid', { name: 'event_id', primaryKeyConstraintName: 'event_permissions_pkey' })
  eventId: string;

  @PrimaryColumn('uuid', { name: 'user_id', primaryKeyConstraintName: 'event_permissions_pkey' })
  @ForeignKey(() => User, { name: 'event_permissions_user_id_fkey' })
  userId: string;

  @Column('text')
  role: Role;

  @Column('uuid', { name: 'granted_by' })
  grantedBy: string;

  @Column('timestamp with time zone', { name: 'granted_at', precision: 3 })
  grantedAt: Date;
}
