import type { Weekday } from '../time/calendar-day.js';
import type { LocalTime } from '../time/local-time.js';

export type Frequency = 'daily' | 'weekly' | 'monthly' | 'yearly';

/** `FR`: every Friday of the period. With an ordinal, `-1FR`: the last Friday of the month or year. */
export type RuleWeekday = { readonly weekday: Weekday; readonly ordinal?: number };

/**
 * The inclusive end of a series. It keeps the form that its author wrote, because each form has a meaning of its own: a
 * date is the whole of that day, a local time is compared on the wall clock of the series, and an instant is compared
 * with the instants of the occurrences.
 */
export type Until =
  | { readonly form: 'date'; readonly day: number }
  | { readonly form: 'local'; readonly local: LocalTime }
  | { readonly form: 'instant'; readonly epochSecond: number };

/**
 * One recurrence rule (RFC 5545 §3.3.10), with the optional parts and the order of entries that its author wrote. This
 * is the canonical form: RRULE text and the JSON pattern are both printed from it and read back to an equal rule.
 *
 * Created by `parseRrule` and `ruleFromPattern`, which reject every rule that `validateRule` rejects.
 */
export type RecurrenceRule = {
  readonly frequency: Frequency;
  /** 1 to 1,000. */
  readonly interval: number;
  /** The number of occurrences, 1 to 10,000. Never together with `until`. Without either, the rule has no end. */
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
  /** Picks from the occurrences of one period: 1 to 366, or negative from the end of the period. */
  readonly bySetPosition?: readonly number[];
  /** Defaults to Monday. */
  readonly weekStart?: Weekday;
};

/** The weekday codes of RFC 5545, at the index of their weekday. */
export const WEEKDAY_CODES = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;
