import { expand } from '../../src/recurrence/expand.js';
import { ruleFromPattern } from '../../src/recurrence/pattern.js';
import type { Series } from '../../src/recurrence/series.js';
import { ruleInWords } from '../../src/recurrence/words.js';
import { formatLocalDate, parseLocalTime } from '../../src/time/local-time.js';
import type { Pattern } from '../state/form.js';

// The rules of the server itself: what it says and which dates it expands to are what it will store.

export interface RulePreview {
  words: string;
  /** The first dates; one more than are shown when there are more. */
  dates: { day: string; adjusted: boolean }[];
}

const SHOWN = 4;
const CENTURY = 100 * 366 * 86_400;

/**
 * Describes a rule and lists its first dates.
 * @param start wall time in the zone, `2026-06-10T14:00:00`
 * @throws TimeError for a rule that is not valid
 */
export function previewRule(pattern: Pattern, start: string, zone: string, allDay: boolean): RulePreview {
  const rule = ruleFromPattern(pattern);
  const local = parseLocalTime(start);
  const words = ruleInWords(rule, { start: local, zone: allDay ? null : zone });
  const series = {
    start: local,
    zone: allDay ? null : zone,
    allDay,
    duration: allDay ? { days: 1, seconds: 0 } : { days: 0, seconds: 3_600 },
    rule,
    added: [],
    excluded: [],
    overrides: [],
  } as unknown as Series;
  const from = Date.parse(`${start}Z`) / 1_000 - 2 * 86_400;
  const dates = expand(series, { from, to: from + CENTURY }, SHOWN).map(({ original, adjusted }) => ({
    day: formatLocalDate(original),
    adjusted,
  }));
  return { words, dates };
}
