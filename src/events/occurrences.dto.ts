import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { TextField } from '../platform/http/fields.js';
import type { OccurrenceWire } from '../content/fields.js';
import { PageQuery, PageView } from '../platform/http/page.js';
import { declareOccurrenceProperties } from './plain-fields.js';

const WINDOW = 'An instant, or a wall time or date in your time zone.';

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

/** The times of one occurrence. */
export class OccurrenceTimesView {
  @ApiProperty({ description: 'UTC with `Z`; a plain date for all-day events.', example: '2026-06-08T08:00:00Z' })
  start_time: string;

  @ApiProperty({ description: 'Exclusive.', example: '2026-06-08T09:00:00Z' })
  end_time: string;

  @ApiProperty({ description: 'Identifies the occurrence, even after it was moved.', example: '2026-06-08T08:00:00Z' })
  original_start: string;

  @ApiPropertyOptional({
    description: 'True when the clocks skip the local time on that day: the occurrence is moved forward by the gap.',
  })
  adjusted?: boolean;
}

export class OccurrenceView extends OccurrenceTimesView {
  @ApiProperty({ description: 'True when the occurrence differs from the series.', example: false })
  overridden: boolean;
}

export interface OccurrenceView extends OccurrenceWire {}

declareOccurrenceProperties(OccurrenceView);

export class OccurrencesView extends PageView {
  @ApiProperty({ type: [OccurrenceView] })
  items: OccurrenceView[];
}
