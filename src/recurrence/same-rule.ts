import { isDeepStrictEqual } from 'node:util';
import { completeParts } from './day-parts.js';
import type { RecurrenceRule } from './rule.js';
import type { Series } from './series.js';
import { sortUnique, timesOfDay } from './times-of-day.js';
import { untilBesideStart } from './until.js';

type Context = Pick<Series, 'start' | 'zone' | 'allDay'>;

/**
 * Returns true when two rules have the same meaning beside a start: the order of lists, parts that repeat what the start
 * says, a default, and the form of UNTIL make no difference.
 */
export function isSameRule(a: RecurrenceRule, b: RecurrenceRule, context: Context): boolean {
  return isDeepStrictEqual(canonical(a, context), canonical(b, context));
}

/** The same, without regard to COUNT and UNTIL. */
export function isSamePattern(
  { count: _countA, until: _untilA, ...a }: RecurrenceRule,
  { count: _countB, until: _untilB, ...b }: RecurrenceRule,
  context: Context,
): boolean {
  return isSameRule(a, b, context);
}

function canonical(rule: RecurrenceRule, context: Context): unknown {
  const { byMonth, byMonthDay, byDay, byYearDay, byWeekNumber } = completeParts(rule, context.start.day);
  const { frequency, interval, count, until } = rule;
  return {
    frequency,
    interval,
    count,
    until: until && untilBesideStart(until, context),
    bySetPosition: sorted(rule.bySetPosition),
    byMonth: sorted(byMonth),
    byMonthDay: sorted(byMonthDay),
    byYearDay: sorted(byYearDay),
    byWeekNumber: sorted(byWeekNumber),
    byDay: sorted(byDay?.map(({ weekday, ordinal = 0 }) => ordinal * 7 + weekday)),
    times: context.allDay ? [] : timesOfDay(rule, context.start.second),
    weekStart: weekMatters(rule) ? (rule.weekStart ?? 0) : 0,
  };
}

/** True if the day on which weeks begin can make a difference. */
const weekMatters = ({ frequency, interval, byWeekNumber, bySetPosition, byDay }: RecurrenceRule): boolean =>
  byWeekNumber !== undefined ||
  (frequency === 'weekly' && (bySetPosition !== undefined || (interval > 1 && (byDay?.length ?? 1) > 1)));

const sorted = (list: readonly number[] | undefined): number[] | undefined => list && sortUnique(list);
