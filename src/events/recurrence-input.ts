import type { ApiPropertyOptions } from '@nestjs/swagger';
import { ApiProperty, getSchemaPath, OmitType, PartialType } from '@nestjs/swagger';
import { FREQUENCIES, RecurrencePatternView } from './recurrence-view.js';

/** The same rule as a client may send it. */
export class RecurrencePatternBody extends PartialType(OmitType(RecurrencePatternView, ['frequency'])) {
  @ApiProperty({ enum: FREQUENCIES, enumName: 'Frequency', example: 'weekly' })
  frequency: string;
}

/** What is taken for a recurrence; the engine checks it and points at what is wrong. */
export const RECURRENCE_INPUT = {
  oneOf: [
    { type: 'string', description: 'An RFC 5545 RRULE, such as `FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20261231`.' },
    { $ref: getSchemaPath(RecurrencePatternBody) },
  ],
} as ApiPropertyOptions;
