import { stampOf, type LocalTime } from '../time/local-time.js';
import type { RecurrenceRule } from './rule.js';
import { compileSeries } from './series-times.js';
import type { Series } from './series.js';

/**
 * The series with another rule. Exclusions and overrides whose original start the new rule names too are kept, the
 * others dropped, for what they belonged to no longer takes place. Added dates stay.
 */
export function changeRule(series: Series, rule: RecurrenceRule | null): Series {
  const changed: Series = { ...series, rule, excluded: [], overrides: [] };
  const times = compileSeries(changed);
  const stays = (time: LocalTime): boolean => times.has(stampOf(time));
  return {
    ...changed,
    excluded: series.excluded.filter(stays),
    overrides: series.overrides.filter(({ original }) => stays(original)),
  };
}
