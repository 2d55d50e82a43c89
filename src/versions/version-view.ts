import { ApiProperty } from '@nestjs/swagger';
import { EventContentView } from '../events/event-view.js';
import { CONTENT_KINDS } from '../history/change.js';
import type { ChangelogEntry } from '../history/history.service.js';
import { PageView } from '../platform/http/page.js';
import { formatInstant } from '../time/instant.js';
import { PersonView } from '../users/user-view.js';

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

/** Returns when and why an entry was redacted; empty when it was not. */
export const redactionView = ({ redaction }: ChangelogEntry): { redacted?: RedactionView } =>
  redaction ? { redacted: { reason: redaction.reason, at: redaction.at.toISOString() } } : {};

export const versionView = (entry: ChangelogEntry): VersionView => ({
  version: entry.version,
  kind: entry.kind,
  author: entry.actor,
  created_at: formatInstant(entry.at),
  comment: entry.comment,
  changed: entry.changed,
  ...redactionView(entry),
});
