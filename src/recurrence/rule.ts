import type { Weekday } from '../time/calendar-day.js';
import type { LocalTime } from '../time/local-time.js';

export type Frequency = 'daily' | 'weekly' | 'monthly' | 'yearly';

/** `FR`: every Friday of the period. With an ordinal, `-1FR`: the last Friday of the month or year. */
export type RuleWeekday = { readonly weekday: Weekday; readonly ordinal?: number };

/**
 * The last moment at which a series may still occur, inclusive. It stays in the form its author wrote, because each
 * form means something else: a date is the whole of that day, a local time is compared on the wall clock of the series,
 * an instant after mapping to its zone.
 */
export type Until =
  | { readonly form: 'date'; readonly day: number }
  | { readonly form: 'local'; readonly local: LocalTime }
  | { readonly form: 'instant'; readonly epochSecond: number };

/**
 * One recurrence rule (RFC 5545 §3.3.10), in the order and with the optional parts its author wrote. This is the
 * canonical form to store: RRULE text and the JSON pattern are both printed from it, and either reads back to it.
 *
 * Made by `parseRrule` and `ruleFromPattern`, which refuse whatever `validateRule` refuses.
 */
export type RecurrenceRule = {
  readonly frequency: Frequency;
  /** 1 to 1,000. */
  readonly interval: number;
  /** How many occurrences, 1 to 10,000. Never together with `until`; neither of both: endless. */
  readonly count?: number;
  readonly until?: Until;
  readonly byDay?: readonly RuleWeekday[];
  /** 1 to 31, or -31 to -1 from the end of the month. */
  readonly byMonthDay?: readonly number[];
  /** 1 to 12. */
  readonly byMonth?: readonly number[];
  /** 1 to 366, or negative from the end of the year. Yearly only. */
  readonly byYearDay?: readonly number[];
  /** 1 to 53, or negative from the end of the week-year. Yearly only. */
  readonly byWeekNumber?: readonly number[];
  readonly byHour?: readonly number[];
  readonly byMinute?: readonly number[];
  readonly bySecond?: readonly number[];
  /** Picks from the occurrences of one period: 1 to 366, or negative from its end. */
  readonly bySetPosition?: readonly number[];
  /** Monday unless given. */
  readonly weekStart?: Weekday;
};

/** The two letters of RFC 5545, at the index of their weekday. */
export const WEEKDAY_CODES = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
