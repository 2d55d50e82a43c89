import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { PersonOnEvent } from '../permissions/person-on-event.js';
import { abilities, ACTIONS, type Action, type Role, ROLES } from '../permissions/role.js';
import { PageView } from '../platform/http/page.js';
import { PersonView } from '../users/user-view.js';
import { wireContent, wireRrule } from './event-content.js';
import type { EventRecord } from './events.repository.js';
import type { RecurrencePattern } from './recurrence/pattern.js';
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

/** The fields that people edit and history keeps. */
export class EventContentView {
  @ApiProperty({ example: 'Team meeting' })
  title: string;

  @ApiProperty({ type: String, nullable: true, example: 'Weekly sync' })
  description: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Room 4' })
  location: string | null;

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

  @ApiProperty({ type: [String], description: 'Original starts that do not take place.', example: [] })
  excluded: string[];

  @ApiProperty({ type: [String], description: 'Further starts beside the pattern.', example: [] })
  added: string[];

  @ApiProperty({ enum: ['busy', 'free'], description: '`free` never conflicts.', example: 'busy' })
  show_as: 'busy' | 'free';
}

export class EventView extends EventContentView {
  @ApiProperty({ format: 'uuid', example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1b02' })
  id: string;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The same rule as RFC 5545 text.',
    example: 'FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20261231T225959Z',
  })
  rrule: string | null;

  @ApiProperty({
    format: 'uuid',
    description: 'Shared by the parts of a series that was split.',
    example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1b02',
  })
  series_id: string;

  @ApiProperty({ type: 'integer', description: 'Number of the latest version; also the ETag.', example: 3 })
  version: number;

  @ApiProperty({ type: PersonView })
  owner: PersonView;

  @ApiProperty({ enum: ROLES, enumName: 'Role', description: 'Your role.', example: 'owner' })
  role: Role;

  @ApiProperty({
    enum: Object.keys(ACTIONS),
    enumName: 'Action',
    isArray: true,
    description: 'What you may do.',
    example: ['read', 'edit', 'share', 'delete'],
  })
  can: Action[];

  @ApiPropertyOptional({ type: [PersonRoleView], description: 'Everybody on the event (single events only).' })
  permissions?: PersonRoleView[];

  @ApiProperty({ format: 'date-time', example: '2026-05-04T09:30:00.000Z' })
  created_at: string;

  @ApiProperty({ format: 'date-time', example: '2026-05-04T09:30:00.000Z' })
  updated_at: string;

  @ApiProperty({ type: PersonView })
  updated_by: PersonView;

  @ApiPropertyOptional({ format: 'date-time', description: 'When it went to the trash (only there).' })
  deleted_at?: string;
}

export class EventsView extends PageView {
  @ApiProperty({ type: [EventView] })
  items: EventView[];
}

export class CreatedEventsView {
  @ApiProperty({ type: [EventView], description: 'In the order of the request.' })
  items: EventView[];
}

export function eventView({ event, role, owner, updatedBy }: EventRecord, people?: PersonOnEvent[]): EventView {
  const { deleted: _deleted, ...content } = wireContent(event);
  return {
    id: event.id,
    ...content,
    rrule: wireRrule(event),
    series_id: event.seriesId,
    version: event.version,
    owner,
    role,
    can: abilities(role),
    ...(people ? { permissions: people.map(personRole) } : {}),
    created_at: event.createdAt.toISOString(),
    updated_at: event.updatedAt.toISOString(),
    updated_by: updatedBy,
    ...(event.deletedAt ? { deleted_at: event.deletedAt.toISOString() } : {}),
  };
}

const personRole = ({ userId, username, role }: PersonOnEvent): PersonRoleView => ({ user_id: userId, username, role });
