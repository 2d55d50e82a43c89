import { stampOf, type LocalTime } from '../time/local-time.js';
import type { RecurrenceRule } from './rule.js';
import { compileSeries } from './series-times.js';
import type { Series } from './series.js';

/**
 * Returns the series with another rule. Exclusions and overrides whose original start the new rule also produces are
 * kept; the others are dropped, because their occurrences no longer exist. Added dates stay.
 */
export function changeRule(series: Series, rule: RecurrenceRule | null): Series {
  const changed: Series = { ...series, rule, excluded: [], overrides: [] };
  const times = compileSeries(changed);
  const isKept = (time: LocalTime): boolean => times.has(stampOf(time));
  return {
    ...changed,
    excluded: series.excluded.filter(isKept),
    overrides: series.overrides.filter(({ original }) => isKept(original)),
  };
}
