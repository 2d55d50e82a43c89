import { ApiProperty } from '@nestjs/swagger';
import { UuidField } from '../platform/http/fields.js';
import { ConflictView, SlotView } from '../availability/conflict-view.js';
import { ignoredBy } from '../platform/http/read-only.js';
import { UpdateEventBody } from './events.dto.js';

/** The event as it would be sent to create or update it. What does not determine its time makes no difference. */
export class CheckConflictsBody extends UpdateEventBody {
  static readonly readOnly = ignoredBy(UpdateEventBody, { except: ['id'] });

  @UuidField({
    description:
      'The event to update: absent fields have its values, and the result contains its conflicts with other events of its owner. Without it, you check a new event of yours, which needs `start_time` and `end_time`.',
    optional: true,
    example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1b02',
  })
  event_id?: string;

  @UuidField({ description: 'The same as `event_id`, for an event that was read.', optional: true })
  id?: string;
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
