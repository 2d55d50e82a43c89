import { ApiProperty } from '@nestjs/swagger';
import { type Role, ROLES } from '../permissions/role.js';
import { TextField } from '../platform/http/fields.js';
import { PersonView } from '../users/user-view.js';
import type { AcceptedRole } from './accept-invitations.service.js';
import type { Invitation } from './invitations.repository.js';
import { PermissionsView, permissionsView } from './sharing.dto.js';
import type { SharedEvent } from './share.service.js';

export class InvitationView {
  @ApiProperty({ format: 'uuid', example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1d01' })
  id: string;

  @ApiProperty({ format: 'idn-email', example: 'cid@example.com' })
  email: string;

  @ApiProperty({ enum: ROLES, enumName: 'Role', example: 'viewer' })
  role: Role;

  @ApiProperty({ type: PersonView })
  invited_by: PersonView;

  @ApiProperty({ format: 'date-time', example: '2026-05-04T09:30:00.000Z' })
  invited_at: string;

  @ApiProperty({ format: 'date-time', example: '2026-06-03T09:30:00.000Z' })
  expires_at: string;
}

export class InvitationsView {
  @ApiProperty({ type: [InvitationView], description: 'Oldest first.' })
  items: InvitationView[];
}

export class SharedView extends PermissionsView {
  @ApiProperty({
    type: [InvitationView],
    description: 'The invitations that this call made, changed or left as they were, in the order of the request.',
  })
  invitations: InvitationView[];
}

export class AcceptInvitationBody {
  @TextField({
    description: 'What follows `#` in the link of the mail.',
    min: 1,
    max: 512,
    example: 'kQ3vB2xY7mZ0pL5sT9wR1cD4fG6hJ8kN0aS2dF4gH6j',
  })
  token: string;
}

export class AcceptedInvitationView {
  @ApiProperty({ format: 'uuid', example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1b02' })
  event_id: string;

  @ApiProperty({ enum: ROLES, enumName: 'Role', description: 'The role on the event from now on.', example: 'viewer' })
  role: Role;
}

export class AcceptedInvitationsView {
  @ApiProperty({
    type: [AcceptedInvitationView],
    description: 'One event; both parts of a series that was split after the invitation.',
  })
  items: AcceptedInvitationView[];
}

const invitationView = ({ id, email, role, invitedBy, invitedAt, expiresAt }: Invitation): InvitationView => ({
  id,
  email,
  role,
  invited_by: invitedBy,
  invited_at: invitedAt.toISOString(),
  expires_at: expiresAt.toISOString(),
});

export const invitationsView = (invitations: Invitation[]): InvitationsView => ({
  items: invitations.map(invitationView),
});

export const sharedView = ({ members, invitations }: SharedEvent): SharedView => ({
  ...permissionsView(members),
  invitations: invitations.map(invitationView),
});

export const acceptedView = (accepted: AcceptedRole[]): AcceptedInvitationsView => ({
  items: accepted.map(({ eventId, role }) => ({ event_id: eventId, role })),
});
