import { SECONDS_IN_DAY, formatLocalTime, localOf, stampOf, type LocalTime } from '../time/local-time.js';
import { renameAll, renameOverrides, buildRename } from './move-names.js';
import { moveRule } from './move-rule.js';
import { TimeError } from '../time/time-error.js';
import { untilDay } from './until.js';
import type { RecurrenceRule, Until } from './rule.js';
import { compileSeries } from './series-times.js';
import type { Duration, Series } from './series.js';

/**
 * Moves a whole series to a new start in its own zone.
 *
 * 1. If the new start lies on another day of the series (or the series, starting there, would still include the day of
 *    the old start), the pattern stays and only its first day and its times of day change. Otherwise the rule moves
 *    with the start, as described at `moveRule`.
 * 2. COUNT stays. UNTIL stays if the number of occurrences stays the same or if rule 1 keeps the pattern; otherwise it
 *    moves by as many days as the start.
 * 3. Exclusions and overrides keep their occurrence. Its new original start is the first of these that the moved series
 *    has: the old one moved by as much as the start (unless the pattern stays), the same day at the new time of day,
 *    the old one unchanged, the same position in the same period. If it has none of them, the exclusion or override is
 *    dropped.
 * 4. Added dates move by as much as the start. If the pattern stays, they keep their day.
 * 5. An override with its own start keeps that start. Any other override moves with its occurrence.
 *
 * @throws TimeError `start_not_in_pattern` if the moved rule doesn't match the new start (for example because BYSETPOS
 * picks another day)
 */
export function moveSeries(series: Series, newStart: LocalTime, newDuration: Duration = series.duration): Series {
  const patternStays = series.rule === null ? false : keepsPattern(series, newStart);
  const moved: Series = { ...series, start: newStart, duration: newDuration, added: [], excluded: [], overrides: [] };
  const rule =
    series.rule && (patternStays ? changeTimesOfDay(series, newStart) : moveRule(series.rule, series.start, newStart));
  const withRule: Series = { ...moved, rule: rule && moveUntil(series, { ...moved, rule }, patternStays) };
  requireStart(withRule);

  const shift = stampOf(newStart) - stampOf(series.start);
  const shiftOfTime = newStart.second - series.start.second;
  const added = series.added.map((time) => localOf(stampOf(time) + (patternStays ? shiftOfTime : shift)));
  const rename = buildRename(series, { ...withRule, added }, patternStays ? shiftOfTime : shift, shiftOfTime);
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

/** Returns the rule with the times of day of the new start and its old days. */
function changeTimesOfDay(series: Series, { second }: LocalTime): RecurrenceRule {
  return moveRule(series.rule!, series.start, { day: series.start.day, second });
}

function moveUntil(series: Series, moved: Series, patternStays: boolean): RecurrenceRule {
  const rule = moved.rule!;
  const countOf = (candidate: Series): number | null => compileSeries(candidate).rule.count();
  if (rule.until === undefined || patternStays || countOf(series) === countOf(moved)) return rule;
  const days = moved.start.day - series.start.day;
  // A later time of day can put the last occurrence beyond an UNTIL with a time. UNTIL then becomes the whole of its
  // day.
  return { ...rule, until: days === 0 ? { form: 'date', day: untilDay(rule.until) } : addDays(rule.until, days) };
}

function addDays(until: Until, days: number): Until {
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
  const message = `The rule does not match the new start ${formatLocalTime(start)}. Send the new rule with it.`;
  throw new TimeError('start_not_in_pattern', '/start', message, next);
}
