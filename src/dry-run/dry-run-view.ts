import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type Change, CONTENT_KINDS, isMembersChange, MEMBER_KINDS } from '../history/change.js';
import { EXTRA_MODELS } from '../platform/openapi/extra-models.js';
import { ConflictView } from '../availability/conflict-view.js';

class DryRunPersonView {
  @ApiProperty({ format: 'uuid', example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1a05' })
  user_id: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Role before the change; null when not a member.',
    example: null,
  })
  from: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Role after the change; null when the access is revoked.',
    example: 'editor',
  })
  to: string | null;
}

class DryRunInvitationView {
  @ApiProperty({
    format: 'uuid',
    description: 'The id of an invitation that would be made is not the final one.',
    example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1d01',
  })
  invitation_id: string;

  @ApiProperty({ type: String, nullable: true, description: 'Null for a new invitation.', example: null })
  from: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'Null for a revoked invitation.', example: 'editor' })
  to: string | null;
}

class DryRunChangeView {
  @ApiProperty({
    format: 'uuid',
    description: 'The event. The id of an event that would be created is not the final one.',
    example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1b02',
  })
  event_id: string;

  @ApiProperty({ enum: [...CONTENT_KINDS, ...MEMBER_KINDS], enumName: 'ChangeKind', example: 'updated' })
  kind: Change['kind'];

  @ApiProperty({ type: 'integer', description: 'The version that the event would have.', example: 4 })
  version: number;

  @ApiPropertyOptional({ type: [String], description: 'Fields that would change.', example: ['title'] })
  changed?: string[];

  @ApiPropertyOptional({ type: [DryRunPersonView], description: 'Members whose role would change.' })
  people?: DryRunPersonView[];

  @ApiPropertyOptional({ type: [DryRunInvitationView], description: 'Invitations by e-mail that would change.' })
  invitations?: DryRunInvitationView[];
}

class NotifiedView {
  @ApiProperty({ format: 'uuid', example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1a05' })
  id: string;

  @ApiProperty({ example: 'ben' })
  username: string;
}

/** The result of a dry run. This schema describes a call that has no response body. */
export class DryRunView {
  @ApiProperty({
    type: 'null',
    description: 'The response body of the call; null for a response without one (204).',
    example: null,
  })
  would: unknown;

  @ApiProperty({ type: [DryRunChangeView], description: 'The changes that the call would make, in order.' })
  changes: DryRunChangeView[];

  @ApiProperty({ type: [ConflictView], description: 'Conflicts that `on_conflict` would allow or skip.' })
  conflicts: ConflictView[];

  @ApiProperty({ type: [NotifiedView], description: 'The people who would be notified, without you.' })
  notified: NotifiedView[];
}

EXTRA_MODELS.add(DryRunView);

export interface DryRunResult {
  value: unknown;
  changes: readonly Change[];
  conflicts: readonly ConflictView[];
  notified: NotifiedView[];
}

export const dryRunView = ({ value, changes, conflicts, notified }: DryRunResult): DryRunView => ({
  would: value ?? null,
  changes: changes.map(changeView),
  conflicts: [...conflicts],
  notified,
});

function changeView(change: Change): DryRunChangeView {
  const { eventId, kind, version } = change;
  return {
    event_id: eventId,
    kind,
    version,
    ...(isMembersChange(change)
      ? {
          people: change.members.map(({ userId, from, to }) => ({ user_id: userId, from, to })),
          ...(change.invitations && {
            invitations: change.invitations.map(({ invitationId, from, to }) => ({
              invitation_id: invitationId,
              from,
              to,
            })),
          }),
        }
      : { changed: change.changed }),
  };
}
