import type { ApiPropertyOptions } from '@nestjs/swagger';
import { ApiProperty } from '@nestjs/swagger';

export const FREQUENCIES = ['daily', 'weekly', 'monthly', 'yearly'];
const numbers = (description: string, example: number[]): ApiPropertyOptions => ({
  type: 'array',
  items: { type: 'integer' },
  required: false,
  description,
  example,
});

export const PATTERN_EXAMPLE = { frequency: 'weekly', interval: 1, by_day: ['MO', 'WE'], until: '2026-12-31' };

/** A recurrence rule as an object, with the parts of RFC 5545 §3.3.10. */
export class RecurrencePatternView {
  @ApiProperty({ enum: FREQUENCIES, enumName: 'Frequency', example: 'weekly' })
  frequency: string;

  @ApiProperty({ type: 'integer', minimum: 1, maximum: 1_000, example: 1 })
  interval: number;

  @ApiProperty({ type: 'integer', required: false, minimum: 1, maximum: 10_000, description: 'Not with `until`.' })
  count?: number;

  @ApiProperty({
    required: false,
    description: 'A date (including that whole day), a wall time of the series, or an instant. Not with `count`.',
    example: '2026-12-31',
  })
  until?: string;

  @ApiProperty({
    type: [String],
    required: false,
    description: 'Weekdays such as `MO`, or with an ordinal such as `-1FR`.',
    example: ['MO', 'WE'],
  })
  by_day?: string[];

  @ApiProperty(numbers('1 to 31, or negative from the end of the month.', [1, -1]))
  by_month_day?: number[];

  @ApiProperty(numbers('1 to 12.', [1, 7]))
  by_month?: number[];

  @ApiProperty(numbers('1 to 366, or negative from the end of the year.', [1, -1]))
  by_year_day?: number[];

  @ApiProperty(numbers('1 to 53, or negative from the end of the year.', [1, 53]))
  by_week_number?: number[];

  @ApiProperty(numbers('0 to 23.', [9]))
  by_hour?: number[];

  @ApiProperty(numbers('0 to 59.', [30]))
  by_minute?: number[];

  @ApiProperty(numbers('0 to 59.', [0]))
  by_second?: number[];

  @ApiProperty(numbers('Positions among the occurrences of one period: 1 is the first, -1 the last.', [1]))
  by_set_position?: number[];

  @ApiProperty({ required: false, description: 'First day of the week; Monday when absent.', example: 'MO' })
  week_start?: string;
}
