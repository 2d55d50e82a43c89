import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { TextField } from '../platform/http/fields.js';
import type { OccurrenceWire } from '../content/fields.js';
import { PageQuery, PageView } from '../platform/http/page.js';
import { declareOccurrenceProperties } from './plain-fields.js';

const WINDOW = 'An instant, wall time in your zone, or a date in your zone.';

export class ListOccurrencesQuery extends PageQuery {
  @TextField({
    description: `Occurrences that end after this. ${WINDOW}`,
    max: 40,
    optional: true,
    example: '2026-06-01',
  })
  from?: string;

  @TextField({
    description: `Occurrences that start before this. ${WINDOW}`,
    max: 40,
    optional: true,
    example: '2026-07-01',
  })
  to?: string;
}

/** When one occurrence takes place. */
export class OccurrenceTimesView {
  @ApiProperty({ description: 'UTC with `Z`; a plain date for all-day events.', example: '2026-06-08T08:00:00Z' })
  start_time: string;

  @ApiProperty({ description: 'Exclusive.', example: '2026-06-08T09:00:00Z' })
  end_time: string;

  @ApiProperty({ description: 'Names the occurrence, wherever it was moved to.', example: '2026-06-08T08:00:00Z' })
  original_start: string;

  @ApiPropertyOptional({ description: 'The clocks skip its time that day: it was moved forward by the gap.' })
  adjusted?: boolean;
}

export class OccurrenceView extends OccurrenceTimesView {
  @ApiProperty({ description: 'It has values of its own.', example: false })
  overridden: boolean;
}

export interface OccurrenceView extends OccurrenceWire {}

declareOccurrenceProperties(OccurrenceView);

export class OccurrencesView extends PageView {
  @ApiProperty({ type: [OccurrenceView] })
  items: OccurrenceView[];
}
