import { at, entries, invalid, number, numbers, readText, type Json } from './pattern-json.js';
import { TimeError } from '../time/time-error.js';
import { MAX_BY_DAY, NUMBER_LISTS, type RuleDraft } from './rule-parts.js';
import { parseRrule } from './rrule-text.js';
import { parseFrequency, parseWeekStart, parseWeekday, printWeekday } from './rule-values.js';
import { WEEKDAY_CODES, type RecurrenceRule } from './rule.js';
import { parseUntil, printUntil } from './until.js';
import { validateRule } from './validate-rule.js';

/**
 * A rule as sent over the API. Responses always contain `interval`; the other optional parts only if the rule has them.
 */
export type RecurrencePattern = {
  frequency: 'daily' | 'weekly' | 'monthly' | 'yearly';
  interval: number;
  count?: number;
  /** `2026-12-31` (all of that day), `2026-12-31T10:00:00` (wall clock of the series) or `…Z` (an instant). */
  until?: string;
  /** `MO`, or with an ordinal `-1FR`. */
  by_day?: string[];
  by_month_day?: number[];
  by_month?: number[];
  by_year_day?: number[];
  by_week_number?: number[];
  by_hour?: number[];
  by_minute?: number[];
  by_second?: number[];
  by_set_position?: number[];
  week_start?: string;
};

/**
 * Reads a rule as a client sent it: RRULE text or a pattern object.
 * @throws TimeError for any other input
 */
export function readRule(input: unknown): RecurrenceRule {
  return typeof input === 'string' ? parseRrule(input) : ruleFromPattern(input);
}

/**
 * Reads a pattern object. Null means an absent part. Unknown parts are rejected, so that a typo is never ignored.
 * @throws TimeError with a pointer into the object
 */
export function ruleFromPattern(input: unknown): RecurrenceRule {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw invalid('', 'A recurrence pattern is an RRULE string or an object with a frequency.');
  }
  const pattern = input as Json;
  const rule: RuleDraft = {
    frequency: readText(pattern, 'frequency', parseFrequency),
    interval: number(pattern, 'interval') ?? 1,
  };
  for (const key of Object.keys(pattern)) {
    if ((pattern[key] ?? null) !== null) readPart(rule, pattern, key);
  }
  validateRule(rule);
  return rule;
}

/** Returns the pattern of a rule. `ruleFromPattern` reads it back to an equal rule. */
export function patternFromRule(rule: RecurrenceRule): RecurrencePattern {
  const pattern: Json = { frequency: rule.frequency, interval: rule.interval };
  for (const { key, wire } of NUMBER_LISTS) {
    if (key === 'byHour' && rule.byDay) pattern.by_day = rule.byDay.map(printWeekday);
    if (rule[key]) pattern[wire] = [...rule[key]];
  }
  if (rule.count !== undefined) pattern.count = rule.count;
  if (rule.until) pattern.until = printUntil(rule.until);
  if (rule.weekStart !== undefined) pattern.week_start = WEEKDAY_CODES[rule.weekStart];
  return pattern as RecurrencePattern;
}

function readPart(rule: RuleDraft, pattern: Json, key: string): void {
  const list = NUMBER_LISTS.find(({ wire }) => wire === key);
  if (list) rule[list.key] = numbers(pattern, list);
  else if (key === 'count') rule.count = number(pattern, key);
  else if (key === 'until') rule.until = readText(pattern, key, parseUntil);
  else if (key === 'week_start') rule.weekStart = readText(pattern, key, parseWeekStart);
  else if (key === 'by_day') {
    rule.byDay = entries(pattern, key, MAX_BY_DAY).map((day, index) =>
      at(`/by_day/${index}`, () => parseWeekday(typeof day === 'string' ? day : '')),
    );
  } else if (key !== 'frequency' && key !== 'interval') {
    const pointer = `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    throw new TimeError('unknown_rule_part', pointer, `"${key.slice(0, 40)}" is not part of a pattern.`);
  }
}
