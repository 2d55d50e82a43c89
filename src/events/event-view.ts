import { ApiProperty, ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { ConflictView } from '../availability/conflict-view.js';
import type { PlainWire, WireOverride } from '../content/fields.js';
import { ACTIONS, type Action, type Role, ROLES } from '../permissions/role.js';
import { PageView } from '../platform/http/page.js';
import type { RecurrencePattern } from '../recurrence/pattern.js';
import { PersonView } from '../users/user-view.js';
import { REMOVAL_REASONS, type RemovalReason } from './listed-page.js';
import { OccurrenceTimesView } from './occurrences.dto.js';
import { type Class, OccurrenceProperties, PlainProperties } from './plain-fields.js';
import { PATTERN_EXAMPLE, RecurrencePatternView } from './recurrence-view.js';

const TIME = 'UTC with `Z`; a plain date for all-day events.';

export class PersonRoleView {
  @ApiProperty({ format: 'uuid', example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1a01' })
  user_id: string;

  @ApiProperty({ example: 'ana' })
  username: string;

  @ApiProperty({ enum: ROLES, enumName: 'Role', example: 'owner' })
  role: Role;
}

/** The override of one occurrence. Absent members have the value of the series. */
@OccurrenceProperties({ optional: true })
export class OverrideView {
  @ApiProperty({ description: 'Identifies the occurrence, even after it was moved.', example: '2026-06-08T08:00:00Z' })
  original_start: string;

  @ApiPropertyOptional({ example: '2026-06-08T09:00:00Z' })
  start_time?: string;

  @ApiPropertyOptional({ example: '2026-06-08T10:00:00Z' })
  end_time?: string;
}

@PlainProperties()
class PlainContentView {}

/** The fields that people edit and history stores. */
export class EventContentView extends (PlainContentView as Class<PlainWire>) {
  @ApiProperty({ description: TIME, example: '2026-06-01T08:00:00Z' })
  start_time: string;

  @ApiProperty({ description: `${TIME} Exclusive.`, example: '2026-06-01T09:00:00Z' })
  end_time: string;

  @ApiProperty({ description: 'IANA time zone.', example: 'Europe/Paris' })
  time_zone: string;

  @ApiProperty({ example: false })
  all_day: boolean;

  @ApiProperty({ example: true })
  is_recurring: boolean;

  @ApiProperty({ type: RecurrencePatternView, nullable: true, example: PATTERN_EXAMPLE })
  recurrence_pattern: RecurrencePattern | null;

  @ApiProperty({ type: [String], description: 'Original starts of occurrences that do not take place.', example: [] })
  excluded: string[];

  @ApiProperty({ type: [String], description: 'Starts of additional occurrences beside the pattern.', example: [] })
  added: string[];

  @ApiProperty({ type: [OverrideView], description: 'The occurrences that differ from the series.', example: [] })
  overrides: WireOverride[];
}

export class SplitFromView {
  @ApiProperty({ format: 'uuid', example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1b01' })
  event_id: string;

  @ApiProperty({ type: 'integer', description: 'The version of that event just after the split.', example: 2 })
  version: number;
}

export class EventView extends EventContentView {
  @ApiProperty({ format: 'uuid', example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1b02' })
  id: string;

  @ApiProperty({
    description:
      'The UID of the event in iCalendar files: the one with which it was imported, or `<id>@convene`. It never changes.',
    example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1b02@convene',
  })
  uid: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The same rule as RFC 5545 text.',
    example: 'FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20261231T225959Z',
  })
  rrule: string | null;

  @ApiProperty({
    format: 'uuid',
    description: 'Shared by the events into which a series was split.',
    example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1b02',
  })
  series_id: string;

  @ApiProperty({
    type: SplitFromView,
    nullable: true,
    description: 'The event and version from which this event was split off; null when it was not.',
  })
  split_from: SplitFromView | null;

  @ApiProperty({
    type: 'integer',
    description: 'Number of the current version, with which the ETag begins.',
    example: 3,
  })
  version: number;

  @ApiProperty({ type: PersonView })
  owner: PersonView;

  @ApiProperty({ enum: ROLES, enumName: 'Role', description: 'Your role.', example: 'owner' })
  role: Role;

  @ApiProperty({
    enum: Object.keys(ACTIONS),
    enumName: 'Action',
    isArray: true,
    description: 'The actions that your role allows.',
    example: ['read', 'edit', 'share', 'delete'],
  })
  can: Action[];

  @ApiPropertyOptional({
    type: [PersonRoleView],
    description: 'The members of the event. Only when one event is read or written, not in lists.',
  })
  permissions?: PersonRoleView[];

  @ApiProperty({ format: 'date-time', example: '2026-05-04T09:30:00.000Z' })
  created_at: string;

  @ApiProperty({ format: 'date-time', example: '2026-05-04T09:30:00.000Z' })
  updated_at: string;

  @ApiProperty({ type: PersonView })
  updated_by: PersonView;

  @ApiPropertyOptional({
    description:
      'True when the clocks skip the wall time of the start or the end: the event is moved forward by the gap. For a series, of its first date.',
  })
  adjusted?: boolean;

  @ApiPropertyOptional({
    type: [String],
    description: 'After a write with `on_conflict: skip`: the original starts of the occurrences that were skipped.',
  })
  skipped?: string[];

  @ApiPropertyOptional({
    type: [ConflictView],
    description:
      'After a write of an endless series: its first conflicts with other endless series after the horizon of ten years, up to which everything was checked.',
  })
  possible_conflicts_after?: ConflictView[];

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'When the event was deleted. Only for events in the trash.',
  })
  deleted_at?: string;
}

const LISTS = ['excluded', 'added', 'overrides'] as const;
const WITHOUT_EXPAND = 'Not with `expand`: items do not repeat the lists of their series.';

export class EventItemView extends OmitType(EventView, LISTS) {
  @ApiPropertyOptional({ type: [String], description: WITHOUT_EXPAND, example: [] })
  excluded?: string[];

  @ApiPropertyOptional({ type: [String], description: WITHOUT_EXPAND, example: [] })
  added?: string[];

  @ApiPropertyOptional({ type: [OverrideView], description: WITHOUT_EXPAND, example: [] })
  overrides?: WireOverride[];

  @ApiPropertyOptional({
    type: OccurrenceTimesView,
    description: 'With `expand`: the occurrence that this item represents.',
  })
  occurrence?: OccurrenceTimesView;
}

export class RemovedEventView {
  @ApiProperty({ format: 'uuid', example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1b03' })
  id: string;

  @ApiProperty({
    enum: REMOVAL_REASONS,
    enumName: 'RemovalReason',
    description:
      '`deleted`: moved to the trash. `access_revoked`: you are no longer a member. `no_longer_matches`: the event changed and does not match the filters of the list, whether or not it did before.',
    example: 'access_revoked',
  })
  reason: RemovalReason;
}

export class EventsView extends PageView {
  @ApiProperty({ type: [EventItemView], description: 'With `sync_token`: the events that changed, as they are now.' })
  items: EventItemView[];

  @ApiPropertyOptional({
    type: [RemovedEventView],
    description: 'Only with `sync_token`: the events that are no longer in the list. It may name some that never were.',
  })
  removed?: RemovedEventView[];

  @ApiPropertyOptional({
    description:
      'Only on the last page: send it as `sync_token` to receive what changes from now on. It belongs to you and to these filters.',
    example: 'WyJzeW5jIiwiMDE5MzZmOWUtNWQzYy03YjIxLThhNTQtMGY2ZjJmOGYxYTAxIiwxMix7fV0',
  })
  sync_token?: string;
}

export class CreatedEventsView {
  @ApiProperty({ type: [EventView], description: 'In the order of the request.' })
  items: EventView[];
}
