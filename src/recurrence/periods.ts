import { DAYS_IN_CYCLE, civilFromDay, dayFromCivil, daysInMonth, daysInYear } from '../time/calendar-day.js';
import { startOfWeek, startOfWeekOne, weekYearOf } from '../time/week-year.js';
import type { RecurrenceRule } from './rule.js';

/**
 * The periods of a rule: the days, weeks, months or years that its INTERVAL selects, numbered from the one that
 * contains the start (RFC 5545 §3.3.10). Computed by arithmetic instead of stepping, so that a distant period costs no
 * more than a near one.
 */
export type Periods = {
  /** Returns the first period that ends on or after a day. */
  indexFrom(day: number): number;
  firstDay(index: number): number;
  lastDay(index: number): number;
  /** A rule that matches nothing in this many consecutive periods never matches, because the calendar repeats. */
  readonly cycle: number;
};

/** @param startMatches whether the rule matches the day of the start */
export function compilePeriods(rule: RecurrenceRule, startDay: number, startMatches: boolean): Periods {
  const { frequency, interval } = rule;
  if (isContiguous(rule)) return isUniform(rule) ? runsOfDays(28, 28, startOfWeek(startDay, 0)) : months(1, startDay);
  if (frequency === 'daily') return runsOfDays(interval, 1, startDay);
  if (frequency === 'weekly') return runsOfDays(interval * 7, 7, startOfWeek(startDay, rule.weekStart ?? 0));
  if (frequency === 'monthly') return months(interval, startDay);
  return rule.byWeekNumber ? weekYears(rule, startDay, startMatches) : years(interval, startDay);
}

/**
 * True if the rule selects every period and picks nothing from a period as a whole. The grouping of days then makes no
 * difference, so the engine groups by month, as the day filter does, or by four weeks if all weeks are alike.
 */
function isContiguous({ frequency, interval, bySetPosition }: RecurrenceRule): boolean {
  return interval === 1 && (bySetPosition === undefined || frequency === 'daily');
}

/** True if the rule has the same number of days in each period except the first, so that counting them is a product. */
export function isUniform({ frequency, interval, byMonth, byMonthDay, byDay }: RecurrenceRule): boolean {
  if (byMonth || byMonthDay) return false;
  return frequency === 'weekly' || (frequency === 'daily' && (interval === 1 || byDay === undefined));
}

function runsOfDays(step: number, length: number, start: number): Periods {
  return {
    indexFrom: (day) => Math.max(0, Math.ceil((day - length + 1 - start) / step)),
    firstDay: (index) => start + index * step,
    lastDay: (index) => start + index * step + length - 1,
    cycle: DAYS_IN_CYCLE / greatestCommonDivisor(step, DAYS_IN_CYCLE),
  };
}

function months(interval: number, startDay: number): Periods {
  const start = civilFromDay(startDay);
  const origin = start.year * 12 + start.month - 1;
  const first = (index: number): { year: number; month: number } => {
    const monthCount = origin + index * interval;
    const year = Math.floor(monthCount / 12);
    return { year, month: monthCount - year * 12 + 1 };
  };
  return {
    indexFrom(day) {
      const { year, month } = civilFromDay(day);
      return Math.max(0, Math.ceil((year * 12 + month - 1 - origin) / interval));
    },
    firstDay(index) {
      const { year, month } = first(index);
      return dayFromCivil(year, month, 1);
    },
    lastDay(index) {
      const { year, month } = first(index);
      return dayFromCivil(year, month, daysInMonth(year, month));
    },
    cycle: 12 * yearsInCycle(interval),
  };
}

function years(interval: number, startDay: number): Periods {
  const origin = civilFromDay(startDay).year;
  return {
    indexFrom: (day) => Math.max(0, Math.ceil((civilFromDay(day).year - origin) / interval)),
    firstDay: (index) => dayFromCivil(origin + index * interval, 1, 1),
    lastDay(index) {
      const year = origin + index * interval;
      return dayFromCivil(year, 1, 1) + daysInYear(year) - 1;
    },
    cycle: yearsInCycle(interval),
  };
}

/**
 * Week-years, which BYWEEKNO selects from. They begin up to three days before or after 1 January. If the rule doesn't
 * match the start, the first week-year is the one with the number of the start's civil year, as in most other engines.
 */
function weekYears(rule: RecurrenceRule, startDay: number, startMatches: boolean): Periods {
  const { interval, weekStart = 0 } = rule;
  const origin = startMatches ? weekYearOf(startDay, weekStart) : civilFromDay(startDay).year;
  return {
    indexFrom: (day) => Math.max(0, Math.ceil((weekYearOf(day, weekStart) - origin) / interval)),
    firstDay: (index) => startOfWeekOne(origin + index * interval, weekStart),
    lastDay: (index) => startOfWeekOne(origin + index * interval + 1, weekStart) - 1,
    cycle: yearsInCycle(interval),
  };
}

/**
 * Returns how many periods of an interval cover every arrangement of the calendar. There are only 14 kinds of years, by
 * first weekday and length, and any 60 consecutive years contain 28 without a skipped leap year, so they contain every
 * kind beside each of its possible neighbours. Longer intervals may miss kinds until the calendar repeats after 400
 * years.
 */
function yearsInCycle(interval: number): number {
  return interval === 1 ? 60 : 400;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
