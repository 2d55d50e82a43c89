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

const WINDOW = 'An instant, wall time in `time_zone`, or a date in it.';
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
    description: 'Monday to Friday when absent.',
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
      'Who must be there besides you; you always must. People with whom you share an event, at most 20 in both lists.',
    max: MAX_PEOPLE,
    example: [ID],
  })
  user_ids: unknown[];

  @IdListField({
    description: 'Who may be there. Who stands in both lists must.',
    max: MAX_PEOPLE,
    optional: true,
    example: [],
  })
  optional_user_ids?: unknown[];

  @WholeNumberField({ description: 'How long it lasts.', min: 1, max: 1_440, example: 60 })
  duration_minutes: number;

  @TextField({
    description: `No earlier than this; what is past already is not suggested. ${WINDOW}`,
    max: 40,
    example: '2026-06-01',
  })
  from: string;

  @TextField({
    description: `It ends no later than this, at most 62 days after \`from\`. ${WINDOW}`,
    max: 40,
    example: '2026-06-08',
  })
  to: string;

  @TextField({
    description:
      'IANA zone of the whole question: of `from` and `to`, of the quarters of an hour on which starts are looked for, of the series, of `summary` and of the working hours of everybody. When absent, yours; working hours are then in the zone of each person’s own profile.',
    max: 64,
    optional: true,
    example: 'Europe/Paris',
  })
  time_zone?: string;

  @ObjectField({
    description: 'When people can meet; at any time when absent.',
    type: () => WorkingHoursBody,
    optional: true,
  })
  working_hours?: WorkingHoursBody;

  @WholeNumberField({
    description: 'Time that must be free of other events before and after; 0 when absent.',
    min: 0,
    max: 240,
    optional: true,
    example: 0,
  })
  buffer_minutes?: number;

  @WholeNumberField({
    description: 'Most times to answer with; 5 when absent.',
    min: 1,
    max: 20,
    optional: true,
    example: 5,
  })
  limit?: number;

  @FreeField({
    description:
      'For a series: `from` and `to` are about its start, and its first 10 occurrences within a year are looked at. The pattern names days, not times of day.',
    schema: RECURRENCE_INPUT,
    optional: true,
    nullable: true,
  })
  recurrence_pattern?: unknown;
}
