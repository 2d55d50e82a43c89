import { ApiExtraModels, IntersectionType, PartialType } from '@nestjs/swagger';
import { AsOfQuery } from '../platform/http/as-of.js';
import {
  ChoiceField,
  FlagField,
  FlagQuery,
  FreeField,
  ListField,
  TextField,
  UuidField,
  WholeNumberField,
} from '../platform/http/fields.js';
import { AcceptsReadOnly } from '../platform/http/read-only.js';
import { MAX_DATES } from '../content/draft-recurrence.js';
import type { PlainWire } from '../content/fields.js';
import { type Class, PlainInputs } from './plain-fields.js';
import type { EventInput } from './to-drafts.js';
import { PageQuery } from '../platform/http/page.js';
import { ROLES, type Role } from '../permissions/role.js';
import { type Scope, SCOPES } from '../content/series-edit.js';
import { EventView } from './event-view.js';
import { RECURRENCE_INPUT, RecurrencePatternBody } from './recurrence-input.js';
import { PATTERN_EXAMPLE } from './recurrence-view.js';

/** Every plain field except the title has a default. */
type PlainInput = Pick<PlainWire, 'title'> & Partial<PlainWire>;

const WALL_TIME =
  'RFC 3339. With an offset, an instant; without one, a wall time in `time_zone`. Fractions of seconds are dropped. For an all-day event, a date.';

@PlainInputs()
class PlainBody {}

class EventTimesBody extends (PlainBody as Class<PlainInput>) {
  @TextField({ description: WALL_TIME, max: 40, example: '2026-06-01T10:00:00' })
  start_time: string;

  @TextField({ description: `${WALL_TIME} Exclusive.`, max: 40, example: '2026-06-01T11:00:00' })
  end_time: string;
}

@ApiExtraModels(RecurrencePatternBody)
export class CreateEventBody extends EventTimesBody {
  @TextField({
    description:
      'IANA time zone of the event. Your time zone when absent. An all-day event takes up its dates in that of its owner.',
    max: 64,
    optional: true,
    example: 'Europe/Paris',
  })
  time_zone?: string;

  @FlagField({
    description: 'Whole days: the times are dates, and the end is exclusive.',
    optional: true,
    example: false,
  })
  all_day?: boolean;

  @FlagField({ description: '`true` requires a pattern, `false` clears it.', optional: true, example: true })
  is_recurring?: boolean;

  @FreeField({
    description: 'An RFC 5545 RRULE or a pattern object. Null makes the event a single one.',
    schema: RECURRENCE_INPUT,
    optional: true,
    nullable: true,
    example: PATTERN_EXAMPLE,
  })
  recurrence_pattern?: unknown;

  @FreeField({
    description: 'Original starts of occurrences that do not take place.',
    schema: { type: 'array', items: { type: 'string' }, maxItems: MAX_DATES },
    optional: true,
    nullable: true,
    example: ['2026-06-03T10:00:00'],
  })
  excluded?: unknown;

  @FreeField({
    description: 'Starts of additional occurrences beside the pattern.',
    schema: { type: 'array', items: { type: 'string' }, maxItems: MAX_DATES },
    optional: true,
    nullable: true,
    example: [],
  })
  added?: unknown;

  @ChoiceField({
    description:
      'What to do when the owner is busy at that time: reject the request (409), allow the conflict, or, for a series, skip the conflicting occurrences.',
    values: ['reject', 'allow', 'skip'],
    optional: true,
    example: 'reject',
  })
  on_conflict?: 'reject' | 'allow' | 'skip';

  @TextField({
    description: 'Stored in the history with the change.',
    max: 1_000,
    optional: true,
    nullable: true,
    example: 'Moved for Ben',
  })
  change_comment?: string | null;
}

/**
 * Absent fields keep their values; null clears an optional one. The event as it was read, with some fields changed, is
 * accepted too.
 */
@AcceptsReadOnly(EventView)
export class UpdateEventBody extends PartialType(CreateEventBody, { skipNullProperties: false }) {
  @WholeNumberField({
    description: 'The version that you have read. It counts as `If-Match` if you do not send that header.',
    min: 1,
    max: 999_999_999,
    optional: true,
    example: 3,
  })
  version?: number;

  @FlagField({
    description:
      'For a series: `true` lets it begin at `start_time`, on another day of its pattern, and keeps its other dates. Without it, all dates move as far as the start.',
    optional: true,
    example: false,
  })
  start_only?: boolean;
}

type EventBody = Partial<CreateEventBody> & Pick<UpdateEventBody, 'version' | 'start_only'>;

export const toEventInput = ({
  on_conflict,
  change_comment,
  version: _version,
  ...content
}: EventBody): EventInput => ({
  content,
  onConflict: on_conflict ?? 'reject',
  comment: change_comment ?? null,
});

export class CreateEventsBody {
  /** A bare list is accepted too. */
  static readonly shorthand = { member: 'events' };
  static readonly collects = 'events';

  @ListField({ description: 'The events, up to 500.', type: () => CreateEventBody, min: 1, max: 500 })
  events: CreateEventBody[];
}

/** Selects the occurrences of a series that a request applies to. */
export class OccurrenceQuery {
  @TextField({
    description:
      'Original start of an occurrence: an instant, a wall time in the zone of the event, or a date for all-day events.',
    max: 40,
    optional: true,
    example: '2026-06-08T08:00:00Z',
  })
  occurrence?: string;

  @ChoiceField({
    description:
      'The occurrences to change: `this` one (the default with `occurrence`), this and the `following` ones, or `all`.',
    values: SCOPES,
    name: 'Scope',
    optional: true,
    example: 'this',
  })
  scope?: Scope;
}

export class RestoreEventBody {
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
    example: 'Deleted by mistake',
  })
  change_comment?: string | null;
}

const WINDOW = 'An instant, or a wall time or date in your time zone.';

export class ListEventsQuery extends IntersectionType(PageQuery, AsOfQuery) {
  @TextField({ description: `Events that end after this. ${WINDOW}`, max: 40, optional: true, example: '2026-06-01' })
  from?: string;

  @TextField({
    description: `Events that start before this. ${WINDOW}`,
    max: 40,
    optional: true,
    example: '2026-07-01',
  })
  to?: string;

  @TextField({ description: 'The same as `from`.', max: 40, optional: true, example: '2026-06-01' })
  start_date?: string;

  @TextField({ description: 'The same as `to`.', max: 40, optional: true, example: '2026-07-01' })
  end_date?: string;

  @TextField({
    description:
      'Text in title, description or location. Upper and lower case, the way in which characters are composed, and the kind and number of spaces make no difference.',
    max: 255,
    optional: true,
    example: 'sync',
  })
  q?: string;

  @TextField({
    description: 'Text in the location, compared in the same way.',
    max: 255,
    optional: true,
    example: 'Room 4',
  })
  location?: string;

  @ChoiceField({
    description: 'Your role on the event.',
    values: ROLES,
    name: 'Role',
    optional: true,
    example: 'editor',
  })
  role?: Role;

  @UuidField({
    description: 'Only events of this owner.',
    optional: true,
    example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1a01',
  })
  owner_id?: string;

  @FlagQuery({ description: 'Only series, or only single events.', example: true })
  is_recurring?: boolean;

  @TextField({
    description:
      'Only events whose content changed at or after this instant. A filter, and no way to stay up to date: it shows neither deleted events nor changes of roles, and changes that are written at the same moment may be missed. For that, use `sync_token`.',
    max: 40,
    optional: true,
    example: '2026-05-04T09:30:00Z',
  })
  updated_since?: string;

  @FlagQuery({
    description: 'Lists your deleted events instead. With `as_of`, those that were deleted at that time.',
    example: false,
  })
  deleted?: boolean;

  @FlagQuery({
    description:
      'Returns one item per occurrence. Requires `from` and `to`, at most 400 days apart. Paged by `cursor` only, by start.',
    example: true,
  })
  expand?: boolean;

  @ChoiceField({
    description: 'Order of the list.',
    values: ['start_time', '-start_time', 'updated_at', '-updated_at'],
    optional: true,
    example: 'start_time',
  })
  sort?: 'start_time' | '-start_time' | 'updated_at' | '-updated_at';

  @TextField({
    description:
      'The `sync_token` of the last page of a list, or of the last response to a token. Returns what changed since, in a list with the same filters: dates among them stay those of your time zone at that time. Send only `limit` and `cursor` with it.',
    max: 6_000,
    optional: true,
    example: 'WyJzeW5jIiwiMDE5MzZmOWUtNWQzYy03YjIxLThhNTQtMGY2ZjJmOGYxYTAxIiwxMix7fV0',
  })
  sync_token?: string;
}
