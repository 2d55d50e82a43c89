import { RECURRENCE_INPUT } from '../events/recurrence-input.js';
import { WEEKDAY_CODES } from '../recurrence/rule.js';
import {
  ChoiceListField,
  FreeField,
  IdListField,
  ObjectField,
  PatternField,
  TextField,
  WholeNumberField,
} from '../platform/http/fields.js';
import { MAX_PEOPLE } from './find-time-question.js';

const WINDOW = 'An instant, or wall time or a date in `time_zone`.';
const ID = '01936f9e-5d3c-7b21-8a54-0f6f2f8f1a01';

export class WorkingHoursBody {
  @PatternField({
    description: 'Hours and minutes.',
    pattern: /^([01]\d|2[0-3]):[0-5]\d$/,
    max: 5,
    message: 'Must be a time such as 09:00.',
    example: '09:00',
  })
  start: string;

  @PatternField({
    description: 'After the start; `24:00` is midnight.',
    pattern: /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/,
    max: 5,
    message: 'Must be a time such as 17:00, up to 24:00.',
    example: '17:00',
  })
  end: string;

  @ChoiceListField({
    description: 'Defaults to Monday to Friday.',
    values: WEEKDAY_CODES,
    min: 1,
    optional: true,
    example: ['MO', 'TU', 'WE', 'TH', 'FR'],
  })
  days?: (typeof WEEKDAY_CODES)[number][];
}

export class FindTimeBody {
  @IdListField({
    description:
      'The people who must attend, besides you: people with whom you share an event, at most 20 in both lists together.',
    max: MAX_PEOPLE,
    example: [ID],
  })
  user_ids: unknown[];

  @IdListField({
    description: 'The people who may attend. A person in both lists must attend.',
    max: MAX_PEOPLE,
    optional: true,
    example: [],
  })
  optional_user_ids?: unknown[];

  @WholeNumberField({ description: 'The duration of the event.', min: 1, max: 1_440, example: 60 })
  duration_minutes: number;

  @TextField({
    description: `The earliest start; times in the past are never suggested. ${WINDOW}`,
    max: 40,
    example: '2026-06-01',
  })
  from: string;

  @TextField({
    description: `The latest end, at most 62 days after \`from\`. ${WINDOW}`,
    max: 40,
    example: '2026-06-08',
  })
  to: string;

  @TextField({
    description:
      'IANA time zone of the whole question: `from` and `to`, the quarters of an hour at which a time can start, the series, `summary` and the working hours of all people. Defaults to your own; working hours then apply in the time zone of each person’s profile.',
    max: 64,
    optional: true,
    example: 'Europe/Paris',
  })
  time_zone?: string;

  @ObjectField({
    description:
      'The hours at which people can meet. Defaults to any time; those from 9:00 to 18:00, Monday to Friday, then come first.',
    type: () => WorkingHoursBody,
    optional: true,
  })
  working_hours?: WorkingHoursBody;

  @WholeNumberField({
    description: 'The time before and after that must be free of other events. Defaults to 0.',
    min: 0,
    max: 240,
    optional: true,
    example: 0,
  })
  buffer_minutes?: number;

  @WholeNumberField({
    description: 'The largest number of times to return. Defaults to 5.',
    min: 1,
    max: 20,
    optional: true,
    example: 5,
  })
  limit?: number;

  @FreeField({
    description:
      'Finds the start of a series: `from` and `to` limit its first occurrence, and its first 10 occurrences within a year are checked. The pattern must not contain times of day.',
    schema: RECURRENCE_INPUT,
    optional: true,
    nullable: true,
  })
  recurrence_pattern?: unknown;
}
