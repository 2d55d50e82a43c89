import { ApiProperty } from '@nestjs/swagger';
import { extendProblem } from '../platform/openapi/api-problems.js';
import { ProblemView } from '../platform/openapi/problem-view.js';

export class IntervalView {
  @ApiProperty({ format: 'date-time', example: '2026-06-01T08:00:00Z' })
  start_time: string;

  @ApiProperty({ format: 'date-time', description: 'Exclusive.', example: '2026-06-01T09:00:00Z' })
  end_time: string;
}

/** A time at which the event would not conflict. */
export class SlotView {
  @ApiProperty({ description: 'UTC with `Z`; a plain date for all-day events.', example: '2026-06-01T09:00:00Z' })
  start_time: string;

  @ApiProperty({ description: 'Exclusive.', example: '2026-06-01T10:00:00Z' })
  end_time: string;
}

/** One conflict: the occurrence of the other event, and the occurrence that overlaps it. */
export class ConflictView extends IntervalView {
  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'Null when you may not see that event.',
    example: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1b03',
  })
  event_id: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Null when you may not see that event.',
    example: 'Review',
  })
  title: string | null;

  @ApiProperty({ type: IntervalView, description: 'The occurrence of your event that overlaps it.' })
  with: IntervalView;

  @ApiProperty({ required: false, description: 'Your event in the body of a batch, such as `/events/3`.' })
  pointer?: string;
}

export class ConflictProblemView extends ProblemView {
  @ApiProperty({
    type: [ConflictView],
    description: 'The first conflicts: up to 50, or up to 100 for a batch, with at least one of each event.',
  })
  conflicts: ConflictView[];

  @ApiProperty({ type: 'integer', required: false, description: 'How many more there are.' })
  and_more?: number;

  @ApiProperty({
    type: [SlotView],
    required: false,
    description: 'Except for batches: the next three times at which the event would not conflict.',
  })
  suggestions?: SlotView[];
}

extendProblem('event_conflict', {
  view: ConflictProblemView,
  example: {
    conflicts: [
      {
        start_time: '2026-06-01T08:30:00Z',
        end_time: '2026-06-01T09:30:00Z',
        event_id: '01936f9e-5d3c-7b21-8a54-0f6f2f8f1b03',
        title: 'Review',
        with: { start_time: '2026-06-01T08:00:00Z', end_time: '2026-06-01T09:00:00Z' },
      },
    ],
  },
});
