import { SECONDS_IN_DAY, formatLocalTime, localOf, stampOf, type LocalTime } from '../time/local-time.js';
import { renameAll, renameOverrides, renaming } from './move-names.js';
import { moveRule } from './move-rule.js';
import { TimeError } from '../time/time-error.js';
import { untilDay } from './until.js';
import type { RecurrenceRule, Until } from './rule.js';
import { compileSeries } from './series-times.js';
import type { Duration, Series } from './series.js';

/**
 * Moves a whole series to a new start, in the zone it has.
 *
 * 1. If the new start lies on another day of the series (or the series, starting there, would still include the old
 *    start's day), the pattern stays and merely begins elsewhere; all times of day change alike. Otherwise the rule
 *    follows its start, as `moveRule` says.
 * 2. COUNT stays. UNTIL stays if that leaves the number of occurrences as it was, or if rule 1 kept the pattern; otherwise
 *    it moves by as many days as the start.
 * 3. Exclusions and overrides keep their occurrence. Its new name is the first of these that the moved series has: the
 *    old name moved by as much as the start (not in case the pattern stays), the same day at the new time of day, the
 *    old name, the same position in the same period. If it has none of them, the occurrence is gone and so are they.
 * 4. Added dates move by as much as the start; if the pattern stays, they keep their day.
 * 5. An override that has a start of its own stays where it was put; one that hasn't moves with its occurrence.
 *
 * @throws TimeError `start_not_in_pattern` if the rule cannot follow (its BYSETPOS, say, picks another day)
 */
export function moveSeries(series: Series, newStart: LocalTime, newDuration: Duration = series.duration): Series {
  const patternStays = series.rule === null ? false : keepsPattern(series, newStart);
  const moved: Series = { ...series, start: newStart, duration: newDuration, added: [], excluded: [], overrides: [] };
  const rule =
    series.rule && (patternStays ? retimed(series, newStart) : moveRule(series.rule, series.start, newStart));
  const withRule: Series = { ...moved, rule: rule && withUntilMoved(series, { ...moved, rule }, patternStays) };
  requireStart(withRule);

  const shift = stampOf(newStart) - stampOf(series.start);
  const shiftOfTime = newStart.second - series.start.second;
  const added = series.added.map((time) => localOf(stampOf(time) + (patternStays ? shiftOfTime : shift)));
  const rename = renaming(series, { ...withRule, added }, patternStays ? shiftOfTime : shift, shiftOfTime);
  return {
    ...withRule,
    added,
    excluded: renameAll(series.excluded, rename),
    overrides: renameOverrides(series.overrides, rename),
  };
}

function keepsPattern(series: Series, newStart: LocalTime): boolean {
  const { start } = series;
  if (newStart.day === start.day) return false;
  const before = compileSeries({ ...series, added: [], excluded: [] });
  if (before.has(stampOf({ day: newStart.day, second: start.second }))) return true;
  const startingThere: Series = {
    ...series,
    start: { day: newStart.day, second: start.second },
    added: [],
    excluded: [],
  };
  const after = compileSeries(startingThere);
  return newStart.day < start.day && after.has(stampOf(startingThere.start)) && after.has(stampOf(start));
}

/** The rule with only its times of day following the start. */
function retimed(series: Series, { second }: LocalTime): RecurrenceRule {
  return moveRule(series.rule!, series.start, { day: series.start.day, second });
}

function withUntilMoved(series: Series, moved: Series, patternStays: boolean): RecurrenceRule {
  const rule = moved.rule!;
  const countOf = (candidate: Series): number | null => compileSeries(candidate).rule.count();
  if (rule.until === undefined || patternStays || countOf(series) === countOf(moved)) return rule;
  const days = moved.start.day - series.start.day;
  // A later time of day alone can put the last occurrence beyond an UNTIL that names a time: then that day's end will do.
  return { ...rule, until: days === 0 ? { form: 'date', day: untilDay(rule.until) } : later(rule.until, days) };
}

function later(until: Until, days: number): Until {
  if (until.form === 'date') return { form: 'date', day: until.day + days };
  if (until.form === 'local') return { form: 'local', local: { ...until.local, day: until.local.day + days } };
  return { form: 'instant', epochSecond: until.epochSecond + days * SECONDS_IN_DAY };
}

function requireStart({ rule, start, ...series }: Series): void {
  if (rule === null || series.startAlwaysCounts) return;
  const times = compileSeries({ rule, start, ...series });
  if (times.rule.has(stampOf(start))) return;
  let next: LocalTime | undefined;
  times.rule.forward(stampOf(start), (stamp) => {
    next = localOf(stamp);
    return false;
  });
  const message = `The rule cannot follow to ${formatLocalTime(start)}; send the new rule along.`;
  throw new TimeError('start_not_in_pattern', '/start', message, next);
}
