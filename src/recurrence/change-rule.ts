import { localOf, stampOf, type LocalTime } from '../time/local-time.js';
import { renameWhereFound } from './move-names.js';
import type { RecurrenceRule } from './rule.js';
import { isSamePattern } from './same-rule.js';
import type { Duration, Series } from './series.js';

/**
 * Returns the series with another rule and perhaps another start. Excluded dates and overrides stay with their
 * occurrences where the new rule has them, and are dropped elsewhere: where the pattern is the same and only its end or
 * its start changes, on their day; otherwise they, and the added dates, first move as far as the start.
 */
export function changeRule(
  series: Series,
  rule: RecurrenceRule | null,
  start: LocalTime = series.start,
  duration: Duration = series.duration,
): Series {
  const shiftOfTime = start.second - series.start.second;
  const shift = stampOf(start) - stampOf(series.start);
  const samePattern = rule !== null && series.rule !== null && isSamePattern(series.rule, rule, series);
  const [main = 0, ...others] = samePattern || shift === 0 ? [shiftOfTime] : [shift, shiftOfTime, 0];
  const added = series.added.map((time) => localOf(stampOf(time) + main));
  const changed: Series = { ...series, rule, start, duration, added, excluded: [], overrides: [] };
  return renameWhereFound(series, changed, [main, ...others]);
}
