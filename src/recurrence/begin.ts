import { localOf, stampOf, type LocalTime } from '../time/local-time.js';
import { TimeError } from '../time/time-error.js';
import { countOf, endAfter, listDates } from './follow.js';
import { moveTimesOfDay } from './move-rule.js';
import { renameWhereFound } from './move-names.js';
import type { RecurrenceRule } from './rule.js';
import { compileSeries } from './series-times.js';
import type { Duration, Series } from './series.js';

/**
 * Lets a series begin on another day of its pattern, and keeps the other days: a later start drops the occurrences before
 * it, an earlier one adds some. The last date stays, so COUNT changes. Another time of day applies to all dates. Excluded
 * dates, added dates and overrides stay on their days; those before the new start are dropped.
 * @throws TimeError `start_not_in_pattern` if the day is not one of the pattern
 */
export function beginSeries(series: Series, start: LocalTime, duration: Duration = series.duration): Series {
  const shiftOfTime = start.second - series.start.second;
  const begun: Series = { ...series, start, duration, added: [], excluded: [], overrides: [] };
  const rule = series.rule && beginRule(series, series.rule, start);
  const atNewTime = (times: readonly LocalTime[]): LocalTime[] =>
    times.map((time) => localOf(stampOf(time) + shiftOfTime)).filter((time) => stampOf(time) >= stampOf(start));
  return renameWhereFound(series, { ...begun, rule, added: atNewTime(series.added) }, [shiftOfTime]);
}

function beginRule(series: Series, old: RecurrenceRule, start: LocalTime): RecurrenceRule {
  const sameTime = { day: start.day, second: series.start.second };
  const isLater = start.day >= series.start.day;
  // An earlier start must lead to the old one, so that intervals stay in step.
  const [from, to] = isLater ? [series.start, sameTime] : [sameTime, series.start];
  const count = datesBetween({ ...series, start: from }, to);
  const times = moveTimesOfDay(old, { from: series.start, to: { day: series.start.day, second: start.second } });
  if (count === null || times === null) throw notInPattern(series, start);
  const whole = countOf(series);
  const rest = whole === null ? null : isLater ? whole - count : whole + count;
  if (rest !== null && rest < 1) throw notInPattern(series, start);
  return endAfter({ ...series, start, rule: { ...old, ...times } }, rest, start.second - series.start.second);
}

/** Returns the number of dates of the rule before one of them; null when the rule does not have that date. */
function datesBetween(series: Series, until: LocalTime): number | null {
  const wanted = stampOf(until);
  let count = 0;
  let isDate = false;
  const [first] = listDates(series, 1);
  if (first !== stampOf(series.start)) return null;
  compileSeries({ ...series, rule: withoutEnd(series.rule!), added: [], excluded: [] }).rule.forward(first, (stamp) => {
    isDate = stamp === wanted;
    if (stamp < wanted) count += 1;
    return stamp < wanted;
  });
  return isDate ? count : null;
}

function notInPattern(series: Series, start: LocalTime): TimeError {
  const { rule } = compileSeries({ ...series, excluded: [] });
  let next: LocalTime | undefined;
  rule.forward(stampOf({ day: start.day, second: series.start.second }), (stamp) => {
    next = { day: localOf(stamp).day, second: start.second };
    return false;
  });
  const message = 'The series has no occurrence on that day. It can begin only on a day of its pattern.';
  return new TimeError('start_not_in_pattern', '/start', message, next);
}

function withoutEnd({ count: _count, until: _until, ...rule }: RecurrenceRule): RecurrenceRule {
  return rule;
}
