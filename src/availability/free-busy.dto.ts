import { ApiProperty } from '@nestjs/swagger';
import { IdListQuery, TextField } from '../platform/http/fields.js';
import { IntervalView } from './conflict-view.js';
import { PersonView } from '../users/user-view.js';

const MAX_PEOPLE = 50;

const WINDOW = 'An instant, wall time in your zone, or a date in your zone.';

export class FreeBusyQuery {
  @IdListQuery({
    description:
      'The people: you, and people with whom you share an event. Repeat the parameter, or separate ids by commas.',
    min: 1,
    max: MAX_PEOPLE,
    example: ['01936f9e-5d3c-7b21-8a54-0f6f2f8f1a01'],
  })
  user_ids: unknown[];

  @TextField({ description: `Start of the window. ${WINDOW}`, max: 40, example: '2026-06-01' })
  from: string;

  @TextField({
    description: `End of the window, exclusive, at most 92 days later. ${WINDOW}`,
    max: 40,
    example: '2026-06-08',
  })
  to: string;
}

export class PersonBusyView {
  @ApiProperty({ type: PersonView })
  user: PersonView;

  @ApiProperty({
    type: [IntervalView],
    description: 'Merged intervals by start, clipped to the window, without the events that occupy them.',
  })
  busy: IntervalView[];
}

export class FreeBusyView {
  @ApiProperty({ type: [PersonBusyView], description: 'In the order of the request, each person once.' })
  items: PersonBusyView[];
}
