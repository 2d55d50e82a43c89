import { ApiProperty } from '@nestjs/swagger';
import { camelCase } from '../content/columns.js';
import type { EventContent } from '../content/event-content.js';
import { PLAIN_NAMES, plainFieldOf } from '../content/fields.js';
import { compareFields } from '../content/diff.js';
import { CONTENT_KINDS, MEMBER_KINDS } from '../history/change.js';
import type { ChangelogEntry } from '../history/history.service.js';
import type { InvitationChange } from '../permissions/member.js';
import { PageView } from '../platform/http/page.js';
import { PersonView } from '../users/user-view.js';
import { ChangedValueView } from './difference-view.js';
import { describeAcceptance, describeInvitations, describeMembers, describeVersion } from './log-words.js';
import { RedactionView, redactionView } from './version-view.js';

export class LogChangeView extends ChangedValueView {
  @ApiProperty({ description: 'A field of the event, or `permissions` for a change of members.', example: 'title' })
  field: string;

  @ApiProperty({ type: PersonView, required: false, description: 'The person whose role changed.' })
  person?: PersonView;

  @ApiProperty({
    format: 'uuid',
    required: false,
    description:
      'The invitation by e-mail that was made, changed, revoked or accepted. Its address is only in the list of invitations.',
    example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1d01',
  })
  invitation_id?: string;
}

/** The other part of a series that was split. */
export class OtherPartView {
  @ApiProperty({ format: 'uuid', example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1b09' })
  event_id: string;

  @ApiProperty({ description: 'Its title at the time of the split.', example: 'Team lunch' })
  title: string;
}

export class LogEntryView {
  @ApiProperty({
    type: 'integer',
    description: 'Position in the changelog, which identifies the change to undo.',
    example: 4,
  })
  position: number;

  @ApiProperty({ type: 'integer', description: 'The version after the change.', example: 3 })
  version: number;

  @ApiProperty({ enum: [...CONTENT_KINDS, ...MEMBER_KINDS], enumName: 'ChangeKind', example: 'updated' })
  kind: string;

  @ApiProperty({ type: PersonView })
  actor: PersonView;

  @ApiProperty({ format: 'date-time', example: '2026-05-04T09:30:00.000Z' })
  at: string;

  @ApiProperty({ type: String, nullable: true, example: 'Moved for Ben' })
  comment: string | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'The previous version; null for the creation. For a change of members, the same as `version`.',
    example: 2,
  })
  previous_version: number | null;

  @ApiProperty({
    type: 'integer',
    description: 'Change of the total length of title, description, location and link, in characters.',
    example: -8,
  })
  size: number;

  @ApiProperty({
    description:
      'The change in words: sentences about the actor, on one line, with times in the time zone of the event. Texts of people are quoted and their invisible characters escaped.',
    example: 'Changed the title from “Team meeting” to “Team lunch”. Set the location to “Room 4”',
  })
  summary: string;

  @ApiProperty({ type: [LogChangeView] })
  changes: LogChangeView[];

  @ApiProperty({
    type: OtherPartView,
    required: false,
    description:
      'Only of a split, if you can see the other event: the event with the later occurrences, or the one from which this event was split off.',
  })
  other_part?: OtherPartView;

  @ApiProperty({
    type: RedactionView,
    required: false,
    description: 'Only when the texts of this version were redacted.',
  })
  redacted?: RedactionView;
}

export class ChangelogView extends PageView {
  @ApiProperty({ type: [LogEntryView] })
  items: LogEntryView[];
}

/**
 * Returns an entry of the changelog.
 * @param names user names of the people whose roles changed, by id
 */
export function logEntryView(record: ChangelogEntry, names: Map<string, string>): LogEntryView {
  const { changes, sentences } = record.members ? viewMembers(record, names) : viewContent(record);
  return {
    position: record.position,
    version: record.version,
    kind: record.kind,
    actor: record.actor,
    at: record.at.toISOString(),
    comment: record.comment,
    previous_version: record.members ? record.version : record.version - 1 || null,
    size: textLength(record.content) - textLength(record.before),
    summary: sentences.join('. '),
    changes,
    ...(record.otherPart ? { other_part: { event_id: record.otherPart.eventId, title: record.otherPart.title } } : {}),
    ...redactionView(record),
  };
}

const TEXTS = PLAIN_NAMES.filter((name) => plainFieldOf(name).isText).map((name) => camelCase(name));

const textLength = (content: EventContent | null): number =>
  content ? TEXTS.reduce((sum, name) => sum + (content[name] ?? '').length, 0) : 0;

interface Description {
  changes: LogChangeView[];
  sentences: string[];
}

function viewContent(entry: ChangelogEntry): Description {
  const { before, content, changed } = entry;
  // Next to a redacted text, only the stored list knows whether the text changed.
  const changes = Object.entries(compareFields(before, content!)).filter(([field]) => changed.includes(field));
  return {
    changes: changes.map(([field, change]) => ({ field, ...change })),
    sentences: describeVersion(entry, new Set(changes.map(([field]) => field))),
  };
}

function viewMembers(entry: ChangelogEntry, names: Map<string, string>): Description {
  const { members, invitations, actor, kind } = entry;
  const nameOf = (userId: string): string => names.get(userId) ?? 'somebody';
  const people = members!.map(({ userId, invitationId, ...roles }) => ({
    ...viewRoles(roles),
    person: { id: userId, username: nameOf(userId) },
    ...(invitationId && { invitation_id: invitationId }),
  }));
  const invited = invitations.map(({ invitationId, ...roles }) => ({
    ...viewRoles(roles),
    invitation_id: invitationId,
  }));
  const isAcceptance = kind === 'invitation_accepted';
  const sentences = isAcceptance ? members!.map(describeAcceptance) : describeMembers(members!, actor.id, nameOf);
  return { changes: [...people, ...invited], sentences: [...sentences, ...describeInvitations(invitations)] };
}

const viewRoles = ({ from, to }: Pick<InvitationChange, 'from' | 'to'>): LogChangeView => ({
  field: 'permissions',
  from,
  to,
  type: from === null ? 'added' : to === null ? 'removed' : 'changed',
});
