import { count } from '../recurrence/expand.js';
import type { RecurrenceRule } from '../recurrence/rule.js';
import { compileSeries } from '../recurrence/series-times.js';
import type { Series } from '../recurrence/series.js';
import { stampOf } from '../time/local-time.js';

/** Returns a rule that ends with its UNTIL or after a number of occurrences, whichever comes first. */
export function completeRuleBounds(series: Series, rule: RecurrenceRule, occurrences: number): RecurrenceRule {
  const found = count({ ...series, rule, added: [], excluded: [], overrides: [] });
  if (found !== null && found <= occurrences) return rule;
  const { until: _until, ...counted } = rule;
  return { ...counted, count: occurrences };
}

/** Returns true when the rule of a series matches its start, or when it has none. */
export function matchesStart(series: Series): boolean {
  return compileSeries({ ...series, added: [], excluded: [] }).rule.has(stampOf(series.start));
}

/**
 * Returns a series whose start counts as its first occurrence, as other calendars count: it becomes an added date when
 * the rule does not match it, and COUNT one less.
 */
export function countStart(series: Series): Series {
  const { rule, start, added } = series;
  if (!rule || matchesStart(series)) return series;
  const left = rule.count === undefined ? undefined : rule.count - 1;
  return {
    ...series,
    rule: left === 0 ? null : { ...rule, ...(left === undefined ? {} : { count: left }) },
    // Without a rule, the start is an occurrence anyway.
    added: left === 0 ? added : [start, ...added],
  };
}

/** Returns the rule as other calendars count it: with the start, even when the rule does not match it. */
export function ruleWithStart(series: Series): RecurrenceRule | null {
  const { rule } = series;
  if (!rule || rule.count === undefined || matchesStart(series)) return rule;
  return { ...rule, count: rule.count + 1 };
}
