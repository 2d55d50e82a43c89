import { ApiProperty, PartialType, PickType } from '@nestjs/swagger';
import { PLAIN_NAMES, plainFieldOf } from '../content/fields.js';
import { UuidField } from '../platform/http/fields.js';
import { ConflictView, SlotView } from '../availability/conflict-view.js';
import { CreateEventBody } from './events.dto.js';

const TIMES = [
  'start_time',
  'end_time',
  'time_zone',
  'all_day',
  'is_recurring',
  'recurrence_pattern',
  'excluded',
  'added',
] as const;
const TIME_FIELDS = [...TIMES, ...PLAIN_NAMES.filter((name) => plainFieldOf(name).isTime)];

/** The fields of an event that determine which time it occupies. */
export class CheckConflictsBody extends PartialType(PickType(CreateEventBody, TIME_FIELDS), {
  skipNullProperties: false,
}) {
  @UuidField({
    description:
      'The event to update: absent fields have its values, and the result contains its conflicts with other events of its owner. Without it, you check a new event of yours, which needs `start_time` and `end_time`.',
    optional: true,
    example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1b02',
  })
  event_id?: string;
}

export class ConflictCheckView {
  @ApiProperty({
    type: [ConflictView],
    description: 'The first 50 conflicts, by start. When empty, the event can be stored.',
  })
  conflicts: ConflictView[];

  @ApiProperty({
    type: [SlotView],
    description: 'When there are conflicts: the next three times at which there would be none.',
    example: [{ start_time: '2026-06-01T09:30:00Z', end_time: '2026-06-01T10:30:00Z' }],
  })
  suggestions: SlotView[];

  @ApiProperty({
    type: [ConflictView],
    description:
      'For an endless series: its first conflicts with other endless series after the horizon of ten years, up to which `conflicts` is complete.',
    example: [],
  })
  possible_conflicts_after: ConflictView[];
}
