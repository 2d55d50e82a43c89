import type { ApiPropertyOptions } from '@nestjs/swagger';
import { ApiProperty, getSchemaPath, OmitType, PartialType } from '@nestjs/swagger';
import { FREQUENCIES, RecurrencePatternView } from './recurrence-view.js';

/** A recurrence pattern in a request, of which only the frequency is required. */
export class RecurrencePatternBody extends PartialType(OmitType(RecurrencePatternView, ['frequency'])) {
  @ApiProperty({ enum: FREQUENCIES, enumName: 'Frequency', example: 'weekly' })
  frequency: string;
}

/** The schema of a recurrence in a request. The recurrence engine validates it and returns pointers to errors. */
export const RECURRENCE_INPUT = {
  oneOf: [
    { type: 'string', description: 'An RFC 5545 RRULE, such as `FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20261231`.' },
    { $ref: getSchemaPath(RecurrencePatternBody) },
  ],
} as ApiPropertyOptions;
