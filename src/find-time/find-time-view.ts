import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { wireInterval } from '../availability/conflict.js';
import { IntervalView } from '../availability/conflict-view.js';
import { PersonView, personView } from '../users/user-view.js';
import type { Interval } from '../availability/occupancy.js';
import { formatLocalTime } from '../time/local-time.js';
import { toLocal } from '../time/time-zone.js';
import type { Reason, Slot } from './best-times.js';
import type { FoundTimes } from './find-time.service.js';

const REASON = {
  enum: ['busy', 'outside_working_hours'],
  enumName: 'TimeRefusal',
  description: 'If both apply, `busy`.',
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
  @ApiProperty({
    type: 'integer',
    description: 'The number of occurrences checked: the first 10 within a year.',
    example: 10,
  })
  total: number;

  @ApiProperty({
    type: 'integer',
    description: 'The number of occurrences for which all required people are available.',
    example: 9,
  })
  free: number;

  @ApiProperty({
    type: [TakenOccurrenceView],
    description: 'The other occurrences, once for each required person who is not available.',
  })
  taken: TakenOccurrenceView[];
}

export class LocalTimesView {
  @ApiProperty({ type: PersonView })
  user: PersonView;

  @ApiProperty({ description: 'The start on their clocks.', example: '2026-06-02T04:00:00' })
  local_start: string;

  @ApiProperty({ description: 'The end on their clocks.', example: '2026-06-02T05:00:00' })
  local_end: string;
}

class TimeOfPeopleView extends IntervalView {
  @ApiProperty({
    type: [LocalTimesView],
    description: 'What it is on the clocks of everybody, by the time zones of their profiles. Yours come first.',
  })
  local_times: LocalTimesView[];
}

export class TimeSlotView extends TimeOfPeopleView {
  @ApiProperty({
    type: [PersonView],
    description: 'Optional people who are available (for a series, at every occurrence).',
  })
  optional_free: PersonView[];

  @ApiProperty({ type: [PersonView], description: 'Optional people who are not available.' })
  optional_busy: PersonView[];

  @ApiPropertyOptional({ type: SlotOccurrencesView, description: 'Only with `recurrence_pattern`.' })
  occurrences?: SlotOccurrencesView;
}

export class RejectedTimeView extends TimeOfPeopleView {
  @ApiProperty({ type: [ObstacleView], description: 'The required people who are not available, and why.' })
  reasons: ObstacleView[];
}

export class FoundTimesView {
  @ApiProperty({ type: [PersonView], description: 'You, and the people asked about.' })
  people: PersonView[];

  @ApiProperty({
    type: [TimeSlotView],
    description:
      'Best first: by the share of occurrences that suit all required people, then by the number of optional people, then by time. No slot overlaps a better one.',
  })
  slots: TimeSlotView[];

  @ApiProperty({
    type: [RejectedTimeView],
    description:
      'Up to five times that almost work: those within most people’s working hours at which the fewest required people are not available.',
  })
  rejected: RejectedTimeView[];

  @ApiProperty({
    description: 'The result in one sentence.',
    example: '10 of 10 Tuesdays at 10:00 (Europe/Paris) work; at 9:00, 9 of 10: 3 June is taken.',
  })
  summary: string;
}

export function foundTimesView({ slots, rejected, summary, recurring, people }: FoundTimes): FoundTimesView {
  const person = (id: string): PersonView => personView(people.get(id)!);
  const timeOf = (time: Interval): TimeOfPeopleView => ({
    ...wireInterval(time),
    // Not their zones: of other people, clients see the id and the name.
    local_times: [...people.values()].map((one) => ({
      user: personView(one),
      local_start: formatLocalTime(toLocal(time.start, one.timeZone)),
      local_end: formatLocalTime(toLocal(time.end, one.timeZone)),
    })),
  });
  const slotView = ({ occurrences, free, taken, optionalFree, optionalBusy }: Slot): TimeSlotView => ({
    ...timeOf(occurrences[0]!),
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
    people: [...people.values()].map(personView),
    slots: slots.map(slotView),
    rejected: rejected.map((time) => ({
      ...timeOf(time),
      reasons: time.reasons.map(({ id, reason }) => ({ user: person(id), reason })),
    })),
    summary,
  };
}
