import { counted } from '../problems/counted.js';
import { TimeError } from '../time/time-error.js';
import { NUMBER_LISTS, type NumberList, type RuleDraft } from './rule-parts.js';
import { parseFrequency, parseWeekStart, parseWeekday, printWeekday } from './rule-values.js';
import { WEEKDAY_CODES, type RecurrenceRule } from './rule.js';
import { parseICalendarUntil, printICalendarUntil, untilBesideStart } from './until.js';
import { validateRule } from './validate-rule.js';

/** Longer than any rule whose lists contain each value once. */
const MAX_TEXT_LENGTH = 16_384;

/** The rules of most series have few different texts, and reading one is a tenth of what a list of many series costs. */
const known = new Map<string, RecurrenceRule>();
/** Then it begins again: the dashboard has this code too, so it is without a library. */
const MAX_KNOWN = 1_000;
/** Longer than nearly all. */
const MAX_KNOWN_LENGTH = 200;

/**
 * Reads the value of an RRULE property (RFC 5545 §3.3.10), with or without the prefix `RRULE:`, in any case.
 * @throws TimeError with an empty pointer for invalid syntax, for parts of other calendars (RSCALE), for frequencies
 * below daily, and for every rule that `validateRule` rejects
 */
export function parseRrule(text: string): RecurrenceRule {
  const before = known.get(text);
  if (before) return before;
  const rule = readRrule(text);
  if (text.length <= MAX_KNOWN_LENGTH) {
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(text, rule);
  }
  return rule;
}

function readRrule(text: string): RecurrenceRule {
  if (text.length > MAX_TEXT_LENGTH) throw invalid(`A rule can have at most ${counted(MAX_TEXT_LENGTH, 'character')}.`);
  const parts = new Map<string, string>();
  // Some calendars write a semicolon after the last part.
  for (const part of text
    .trim()
    .replace(/^RRULE:/i, '')
    .replace(/;$/, '')
    .split(';')) {
    const [name = '', value, ...rest] = part.split('=');
    if (value === undefined || rest.length > 0) throw invalid(`"${part.slice(0, 40)}" is not of the form NAME=VALUE.`);
    if (parts.has(name.toUpperCase())) throw invalid(`A rule can have only one ${name.slice(0, 40)}.`);
    parts.set(name.toUpperCase(), value);
  }

  const rule: RuleDraft = { frequency: parseFrequency(parts.get('FREQ')), interval: 1 };
  for (const [name, value] of parts) if (name !== 'FREQ') readPart(rule, name, value);
  try {
    validateRule(rule);
  } catch (error) {
    throw error instanceof TimeError ? new TimeError(error.code, '', error.message) : error;
  }
  return rule;
}

/** Returns the rule as it is stored. `parseRrule` reads it back to an equal rule. */
export function printRrule(rule: RecurrenceRule): string {
  const parts = [`FREQ=${rule.frequency.toUpperCase()}`];
  if (rule.interval !== 1) parts.push(`INTERVAL=${rule.interval}`);
  for (const { key, text } of NUMBER_LISTS) {
    if (key === 'byHour' && rule.byDay) parts.push(`BYDAY=${rule.byDay.map(printWeekday).join(',')}`);
    if (rule[key]) parts.push(`${text}=${rule[key].join(',')}`);
  }
  if (rule.count !== undefined) parts.push(`COUNT=${rule.count}`);
  if (rule.until) parts.push(`UNTIL=${printICalendarUntil(rule.until)}`);
  if (rule.weekStart !== undefined) parts.push(`WKST=${WEEKDAY_CODES[rule.weekStart]}`);
  return parts.join(';');
}

/**
 * Returns the rule in the form that other calendars require for its start (RFC 5545 §3.3.10): UNTIL is a date in
 * all-day series, local time in floating ones (zone null), and an instant in UTC otherwise. The occurrences stay the
 * same.
 */
export function printRruleBesideStart(rule: RecurrenceRule, start: { zone: string | null; allDay: boolean }): string {
  return printRrule(rule.until ? { ...rule, until: untilBesideStart(rule.until, start) } : rule);
}

function readPart(rule: RuleDraft, name: string, value: string): void {
  const list = NUMBER_LISTS.find(({ text }) => text === name);
  if (list) rule[list.key] = parseNumbers(list, value);
  else if (name === 'INTERVAL') rule.interval = parseCount(name, value);
  else if (name === 'COUNT') rule.count = parseCount(name, value);
  else if (name === 'UNTIL') rule.until = parseICalendarUntil(value);
  else if (name === 'WKST') rule.weekStart = parseWeekStart(value);
  else if (name === 'BYDAY') rule.byDay = value.split(',').map(parseWeekday);
  else if (name === 'RSCALE' || name === 'SKIP') {
    throw new TimeError('unsupported_calendar', '', `${name} (RFC 7529) is not supported.`);
  } else throw new TimeError('unknown_rule_part', '', `"${name.slice(0, 40)}" is not part of a rule.`);
}

function parseCount(name: string, value: string): number {
  if (!/^\d+$/.test(value)) throw invalid(`${name} must be a whole number.`);
  return Number(value);
}

function parseNumbers(list: NumberList, value: string): number[] {
  return value.split(',').map((number) => {
    if (!/^[+-]?\d+$/.test(number)) throw invalid(`${list.text} takes whole numbers.`);
    return Number(number) + 0; // -0 becomes 0
  });
}

function invalid(message: string): TimeError {
  return new TimeError('invalid_rule', '', message);
}
