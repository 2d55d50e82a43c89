import { ApiProperty } from '@nestjs/swagger';
import { ChoiceField, EmailField, ListField, TextField, UuidField } from '../platform/http/fields.js';
import { PersonView } from '../users/user-view.js';
import type { Member } from '../permissions/member.js';
import { GIVEN_ROLES, type GivenRole, type Role, ROLES } from '../permissions/role.js';

export class ShareEntry {
  @UuidField({
    description: 'The id of the person. Send exactly one of `user_id`, `username` and `email`.',
    optional: true,
  })
  user_id?: string;

  @TextField({
    description: 'The user name of the person, in upper or lower case.',
    min: 1,
    max: 80,
    optional: true,
    example: 'ben',
  })
  username?: string;

  @EmailField({ description: 'The e-mail address of the person, who is invited.', optional: true })
  email?: string;

  @ChoiceField({
    description: '`viewer` or `editor`, in upper or lower case. `owner` is rejected: transfer the ownership instead.',
    values: GIVEN_ROLES,
    hint: 'An event has one owner: to transfer the ownership, send PUT …/permissions/{userId}.',
    example: 'editor',
  })
  role: GivenRole;
}

export class ShareBody {
  /** A bare list of entries or a single entry is accepted too. */
  static readonly shorthand = { member: 'users', single: true };
  static readonly collects = 'users';

  @ListField({ description: 'The people and their roles.', type: () => ShareEntry, min: 1, max: 100 })
  users: ShareEntry[];
}

export class PermissionView {
  @ApiProperty({ format: 'uuid', example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1a05' })
  user_id: string;

  @ApiProperty({ example: 'ben' })
  username: string;

  @ApiProperty({ enum: ROLES, enumName: 'Role', example: 'editor' })
  role: Role;

  @ApiProperty({ type: PersonView })
  granted_by: PersonView;

  @ApiProperty({ format: 'date-time', example: '2026-05-04T09:30:00.000Z' })
  granted_at: string;
}

export class ChangeRoleBody {
  @ChoiceField({
    description: 'The new role. `owner` transfers the ownership.',
    values: ROLES,
    name: 'Role',
    example: 'viewer',
  })
  role: Role;

  @ChoiceField({
    description: 'For a transfer of ownership: what to do if the new owner is busy at that time.',
    values: ['reject', 'allow'],
    optional: true,
    example: 'reject',
  })
  on_conflict?: 'reject' | 'allow';
}

export class PermissionsView {
  @ApiProperty({ type: [PermissionView], description: 'Owner first, then by name.' })
  items: PermissionView[];
}

export const permissionsView = (members: Member[]): PermissionsView => ({
  items: members.map((member) => ({
    user_id: member.userId,
    username: member.username,
    role: member.role,
    granted_by: member.grantedBy,
    granted_at: member.grantedAt.toISOString(),
  })),
});
