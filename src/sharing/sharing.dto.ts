import { ApiProperty } from '@nestjs/swagger';
import { ChoiceField, EmailField, ListField, TextField, UuidField } from '../platform/http/fields.js';
import { PersonView } from '../users/user-view.js';
import type { Member } from '../permissions/member.js';
import { type Role, ROLES } from '../permissions/role.js';

export class ShareEntry {
  @UuidField({ description: 'The person by id …', optional: true })
  user_id?: string;

  @TextField({ description: '… or by name …', min: 1, max: 80, optional: true, example: 'ben' })
  username?: string;

  @EmailField({ description: '… or by e-mail.', optional: true })
  email?: string;

  @ChoiceField({
    description: 'In any case. `owner` is handed over, not shared.',
    values: ROLES,
    name: 'Role',
    example: 'editor',
  })
  role: Role;
}

export class ShareBody {
  /** A bare list of entries, or a single entry, is taken as well. */
  static readonly shorthand = { member: 'users', single: true };

  @ListField({ description: 'The people and their roles.', type: () => ShareEntry, min: 1, max: 100 })
  users: ShareEntry[];
}

export class ChangeRoleBody {
  @ChoiceField({ description: '`owner` hands the event over.', values: ROLES, name: 'Role', example: 'viewer' })
  role: Role;

  @ChoiceField({
    description: 'When handing over: what to do if the new owner is busy at that time.',
    values: ['reject', 'allow'],
    optional: true,
    example: 'reject',
  })
  on_conflict?: 'reject' | 'allow';
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

export class PermissionsView {
  @ApiProperty({ type: [PermissionView], description: 'Owner first, then by name.' })
  items: PermissionView[];
}

export const permissionsView = (people: Member[]): PermissionsView => ({
  items: people.map((person) => ({
    user_id: person.userId,
    username: person.username,
    role: person.role,
    granted_by: person.grantedBy,
    granted_at: person.grantedAt.toISOString(),
  })),
});
