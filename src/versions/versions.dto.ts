import { ApiExtraModels, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { EventContentView } from '../events/event-view.js';
import { type ContentField, CONTENT_FIELDS } from '../content/fields.js';
import { ChoiceField, ChoiceListField, TextField } from '../platform/http/fields.js';
import { PageQuery, PageView } from '../platform/http/page.js';
import { type ChangeKind, CONTENT_KINDS, MEMBER_KINDS } from '../history/change.js';
import { PersonView } from '../users/user-view.js';
import type { ChangelogEntry } from '../history/history.service.js';
import type { Undo } from './versions.service.js';

export class ChangelogQuery extends PageQuery {
  @ChoiceField({
    description: 'Oldest first (default) or newest first.',
    values: ['asc', 'desc'],
    optional: true,
    example: 'asc',
  })
  order?: 'asc' | 'desc';

  @ChoiceField({
    description: 'Only changes of this field; `permissions` for changes of members.',
    values: [...CONTENT_FIELDS, 'permissions'],
    optional: true,
    example: 'title',
  })
  field?: string;

  @TextField({ description: 'Only changes by this person: user name or id.', max: 80, optional: true, example: 'ana' })
  author?: string;

  @ChoiceField({
    description: 'Only changes of this kind.',
    values: [...CONTENT_KINDS, ...MEMBER_KINDS],
    name: 'ChangeKind',
    optional: true,
    example: 'updated',
  })
  kind?: ChangeKind;
}

export class RevertBody {
  @ChoiceField({
    description: 'What to do when the owner is busy at that time.',
    values: ['reject', 'allow'],
    optional: true,
    example: 'reject',
  })
  on_conflict?: 'reject' | 'allow';

  @TextField({
    description: 'Stored in the history with the change.',
    max: 1_000,
    optional: true,
    nullable: true,
    example: 'That was a mistake',
  })
  change_comment?: string | null;
}

export const toUndo = ({ on_conflict, change_comment }: RevertBody): Undo => ({
  onConflict: on_conflict ?? 'reject',
  comment: change_comment ?? null,
});

export class RollbackBody extends RevertBody {
  @ChoiceListField({
    description:
      'Only these fields; all fields when absent. Times, time zone, all-day and recurrence are rolled back together.',
    values: CONTENT_FIELDS.filter((field) => field !== 'deleted'),
    min: 1,
    optional: true,
    example: ['title'],
  })
  fields?: ContentField[];
}

/** Why the texts of a version were replaced. */
export class RedactionView {
  @ApiProperty({ example: 'Contained a phone number' })
  reason: string;

  @ApiProperty({ format: 'date-time', example: '2026-05-05T08:00:00.000Z' })
  at: string;
}

export class VersionView {
  @ApiProperty({ type: 'integer', example: 3 })
  version: number;

  @ApiProperty({ enum: CONTENT_KINDS, enumName: 'ContentKind', example: 'updated' })
  kind: string;

  @ApiProperty({ type: PersonView })
  author: PersonView;

  @ApiProperty({ format: 'date-time', example: '2026-05-04T09:30:00.000Z' })
  created_at: string;

  @ApiProperty({ type: String, nullable: true, example: 'Moved for Ben' })
  comment: string | null;

  @ApiProperty({
    type: [String],
    description: 'Fields that differ from the previous version.',
    example: ['start_time'],
  })
  changed: string[];

  @ApiProperty({
    type: RedactionView,
    required: false,
    description: 'Only when the texts of this version were redacted.',
  })
  redacted?: RedactionView;
}

export class HistoryView extends PageView {
  @ApiProperty({ type: [VersionView] })
  items: VersionView[];
}

export class SnapshotView extends EventContentView {
  @ApiProperty({ description: 'True when the event was in the trash.', example: false })
  deleted: boolean;
}

export class VersionWithSnapshotView extends VersionView {
  @ApiProperty({ type: SnapshotView, description: 'The complete content after the change.' })
  snapshot: SnapshotView;
}

/** The schema of any value of a field, and of a role. */
const FIELD_VALUE = {
  description: 'The value; null when there is none.',
  anyOf: [
    { type: 'string' },
    { type: 'boolean' },
    { type: 'array', items: { anyOf: [{ type: 'string' }, { $ref: getSchemaPath('OverrideView') }] } },
    { $ref: getSchemaPath('RecurrencePatternView') },
    { type: 'null' },
  ],
};

/** A piece of text that both versions have, or that was inserted or deleted. */
export class TextOperationView {
  @ApiProperty({ enum: ['equal', 'insert', 'delete'], enumName: 'TextOperationKind', example: 'insert' })
  op: string;

  @ApiProperty({ example: 'lunch' })
  text: string;
}

class ChangedValueView {
  @ApiProperty({ ...FIELD_VALUE, example: 'Team meeting' })
  from: unknown;

  @ApiProperty({ ...FIELD_VALUE, example: 'Team lunch' })
  to: unknown;

  @ApiProperty({ enum: ['added', 'removed', 'changed'], enumName: 'ChangeType', example: 'changed' })
  type: string;
}

export class FieldDifferenceView extends ChangedValueView {
  @ApiProperty({
    type: [TextOperationView],
    required: false,
    description:
      'The comparison word by word. Only for title, description, location and link, when the text changed. The equal and deleted pieces together are `from`, the equal and inserted ones `to`; no piece cuts a character that people see as one. The same versions always have the same comparison.',
  })
  text?: TextOperationView[];
}

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

export class PatchOperationView {
  @ApiProperty({ enum: ['add', 'replace', 'remove'], example: 'replace' })
  op: string;

  @ApiProperty({ example: '/title' })
  path: string;

  @ApiProperty({ ...FIELD_VALUE, required: false, example: 'Team lunch' })
  value?: unknown;
}

@ApiExtraModels(FieldDifferenceView)
export class DiffView {
  @ApiProperty({ type: 'integer', example: 1 })
  from_version: number;

  @ApiProperty({ type: 'integer', example: 3 })
  to_version: number;

  @ApiProperty({
    type: 'object',
    additionalProperties: { $ref: getSchemaPath(FieldDifferenceView) },
    description: 'By field name.',
    example: { title: { from: 'Team meeting', to: 'Team lunch', type: 'changed' } },
  })
  changes: Record<string, FieldDifferenceView>;

  @ApiProperty({
    type: [PatchOperationView],
    description: 'JSON Patch (RFC 6902) from the first version to the second.',
  })
  patch: PatchOperationView[];

  @ApiProperty({
    type: [String],
    description:
      'The changes in words, with times in the time zone of the event. Texts of people are quoted and their invisible characters escaped.',
    example: ['Title changed from “Team meeting” to “Team lunch”'],
  })
  summary: string[];
}

/** Returns when and why an entry was redacted; empty when it was not. */
export const redactionView = ({ redaction }: ChangelogEntry): { redacted?: RedactionView } =>
  redaction ? { redacted: { reason: redaction.reason, at: redaction.at.toISOString() } } : {};

export const versionView = (entry: ChangelogEntry): VersionView => ({
  version: entry.version,
  kind: entry.kind,
  author: entry.actor,
  created_at: entry.at.toISOString(),
  comment: entry.comment,
  changed: entry.changed,
  ...redactionView(entry),
});
