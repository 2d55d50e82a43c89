import { civilFromDay, weekdayOf } from '../time/calendar-day.js';
import type { RecurrenceRule } from './rule.js';

/** The parts of a rule that choose days. */
export type DayParts = Pick<RecurrenceRule, 'byMonth' | 'byMonthDay' | 'byDay' | 'byYearDay' | 'byWeekNumber'>;

/** The parts with what the rule leaves open filled in from the day of its start. */
export function completeParts(rule: RecurrenceRule, startDay: number): DayParts {
  const { frequency, byMonth, byMonthDay, byDay, byYearDay, byWeekNumber } = rule;
  const start = civilFromDay(startDay);
  // Every library reads a yearly BYMONTHDAY without a month differently. Imported rules mean the start's month here, and
  // validateSeries refuses the others.
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
