import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { wireInterval } from '../availability/conflict.js';
import { IntervalView } from '../availability/conflict-view.js';
import { PersonView, personView } from '../users/user-view.js';
import type { Reason, Slot } from './best-times.js';
import type { FoundTimes } from './find-time.service.js';

const REASON = {
  enum: ['busy', 'outside_working_hours'],
  enumName: 'TimeRefusal',
  description: 'Outside working hours is told first when it is both.',
  example: 'busy',
} as const;

export class ObstacleView {
  @ApiProperty({ type: PersonView })
  user: PersonView;

  @ApiProperty(REASON)
  reason: Reason;
}

export class TakenOccurrenceView extends IntervalView {
  @ApiProperty({ type: PersonView })
  user: PersonView;

  @ApiProperty(REASON)
  reason: Reason;
}

export class SlotOccurrencesView {
  @ApiProperty({ type: 'integer', description: 'How many were looked at: the first 10 within a year.', example: 10 })
  total: number;

  @ApiProperty({ type: 'integer', description: 'How many suit everybody who must be there.', example: 9 })
  free: number;

  @ApiProperty({ type: [TakenOccurrenceView], description: 'The others, once for each person who cannot.' })
  taken: TakenOccurrenceView[];
}

export class TimeSlotView extends IntervalView {
  @ApiProperty({ type: [PersonView], description: 'Those who need not be there, and can (at every occurrence).' })
  optional_free: PersonView[];

  @ApiProperty({ type: [PersonView], description: 'Those who need not be there, and cannot.' })
  optional_busy: PersonView[];

  @ApiPropertyOptional({ type: SlotOccurrencesView, description: 'With `recurrence_pattern`.' })
  occurrences?: SlotOccurrencesView;
}

export class RejectedTimeView extends IntervalView {
  @ApiProperty({ type: [ObstacleView], description: 'Who cannot, and why.' })
  reasons: ObstacleView[];
}

export class FoundTimesView {
  @ApiProperty({
    type: [TimeSlotView],
    description:
      'Best first: more occurrences that suit everybody, then more optional people, then earlier. None overlaps a better one.',
  })
  slots: TimeSlotView[];

  @ApiProperty({
    type: [RejectedTimeView],
    description: 'Up to five times that nearly suit: within working hours, with the fewest people in the way.',
  })
  rejected: RejectedTimeView[];

  @ApiProperty({
    description: 'The result in one sentence.',
    example: '10 of 10 Tuesdays at 10:00 work; at 9:00, 9 of 10: 3 June is taken.',
  })
  summary: string;
}

export function foundTimesView({ slots, rejected, summary, recurring, people }: FoundTimes): FoundTimesView {
  const person = (id: string): PersonView => personView(people.get(id)!);
  const slotView = ({ occurrences, free, taken, optionalFree, optionalBusy }: Slot): TimeSlotView => ({
    ...wireInterval(occurrences[0]!),
    optional_free: optionalFree.map(person),
    optional_busy: optionalBusy.map(person),
    ...(recurring
      ? {
          occurrences: {
            total: occurrences.length,
            free,
            taken: taken.map((one) => ({ ...wireInterval(one), user: person(one.id), reason: one.reason })),
          },
        }
      : {}),
  });
  return {
    slots: slots.map(slotView),
    rejected: rejected.map((time) => ({
      ...wireInterval(time),
      reasons: time.reasons.map(({ id, reason }) => ({ user: person(id), reason })),
    })),
    summary,
  };
}
