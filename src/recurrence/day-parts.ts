import { civilFromDay, weekdayOf } from '../time/calendar-day.js';
import type { RecurrenceRule } from './rule.js';

/** The parts of a rule that choose days. */
export type DayParts = Pick<RecurrenceRule, 'byMonth' | 'byMonthDay' | 'byDay' | 'byYearDay' | 'byWeekNumber'>;

/** Returns the parts of a rule that choose days. The day of the start fills in what the rule leaves open. */
export function completeParts(rule: RecurrenceRule, startDay: number): DayParts {
  const { frequency, byMonth, byMonthDay, byDay, byYearDay, byWeekNumber } = rule;
  const start = civilFromDay(startDay);
  // Libraries disagree about a yearly BYMONTHDAY without a month. In imported rules it means the month of the start;
  // validateSeries rejects it in all others.
  const needsMonth = frequency === 'yearly' && byMonthDay && !byYearDay && !byWeekNumber;
  const parts = {
    byMonth: byMonth ?? (needsMonth ? [start.month] : undefined),
    byMonthDay,
    byDay,
    byYearDay,
    byWeekNumber,
  };
  const startWeekday = [{ weekday: weekdayOf(startDay) }];
  if (frequency === 'weekly') return { ...parts, byDay: byDay ?? startWeekday };
  if (frequency === 'daily' || byDay || byYearDay || byMonthDay) return parts;
  if (byWeekNumber) return { ...parts, byDay: startWeekday };
  return {
    ...parts,
    byMonthDay: [start.dayOfMonth],
    byMonth: byMonth ?? (frequency === 'yearly' ? [start.month] : undefined),
  };
}
