import type { RecurrenceRule } from './rule.js';

/** The parts of a rule that are lists of numbers, with their names in code, in RRULE text and on the wire. */
export type NumberListKey =
  'byMonth' | 'byWeekNumber' | 'byYearDay' | 'byMonthDay' | 'byHour' | 'byMinute' | 'bySecond' | 'bySetPosition';

export type NumberList = {
  readonly key: NumberListKey;
  readonly text: string;
  readonly wire: string;
  readonly smallest: number;
  readonly largest: number;
  /** True if negative numbers count from the end: -1 is the last. */
  readonly fromEnd: boolean;
};

/** In the order in which RFC 5545 §3.3.10 applies the parts. BYDAY comes between BYMONTHDAY and BYHOUR. */
export const NUMBER_LISTS: readonly NumberList[] = [
  { key: 'byMonth', text: 'BYMONTH', wire: 'by_month', smallest: 1, largest: 12, fromEnd: false },
  { key: 'byWeekNumber', text: 'BYWEEKNO', wire: 'by_week_number', smallest: 1, largest: 53, fromEnd: true },
  { key: 'byYearDay', text: 'BYYEARDAY', wire: 'by_year_day', smallest: 1, largest: 366, fromEnd: true },
  { key: 'byMonthDay', text: 'BYMONTHDAY', wire: 'by_month_day', smallest: 1, largest: 31, fromEnd: true },
  { key: 'byHour', text: 'BYHOUR', wire: 'by_hour', smallest: 0, largest: 23, fromEnd: false },
  { key: 'byMinute', text: 'BYMINUTE', wire: 'by_minute', smallest: 0, largest: 59, fromEnd: false },
  { key: 'bySecond', text: 'BYSECOND', wire: 'by_second', smallest: 0, largest: 60, fromEnd: false },
  { key: 'bySetPosition', text: 'BYSETPOS', wire: 'by_set_position', smallest: 1, largest: 366, fromEnd: true },
];

export const MAX_ORDINAL = 53;
export const MAX_INTERVAL = 1000;
export const MAX_COUNT = 10_000;

/** Returns the largest length of a list: the number of its different values. */
export function maxListLength(list: NumberList): number {
  return (list.largest - list.smallest + 1) * (list.fromEnd ? 2 : 1);
}

/** Each weekday without an ordinal, and with each ordinal from either end. */
export const MAX_BY_DAY = 7 * (1 + 2 * MAX_ORDINAL);

/** A rule under construction. */
export type RuleDraft = { -readonly [Key in keyof RecurrenceRule]: RecurrenceRule[Key] };
