import type { WireContent } from './event-content.js';
import { type ContentField, fieldOf, type WireOverride } from './fields.js';
import { ruleFromPattern } from '../recurrence/pattern.js';
import type { RecurrenceRule } from '../recurrence/rule.js';
import { ruleChangeInWords, type WordsContext } from '../recurrence/words.js';
import { parseLocalTime } from '../time/local-time.js';
import { toLocal } from '../time/time-zone.js';

type Before = Partial<WireContent>;

/**
 * Returns sentences that describe how a field changed, with times in the zone of the event. Returns none when the
 * sentence of another field includes the change.
 */
export function describeChange(field: ContentField, before: Before, after: WireContent): string[] {
  switch (field) {
    case 'is_recurring':
      return [];
    case 'all_day':
      return [after.all_day ? 'Now an all-day event' : 'No longer an all-day event'];
    case 'show_as':
      return [`Now shown as ${after.show_as}`];
    case 'deleted':
      return [after.deleted ? 'Moved to the trash' : 'Back from the trash'];
    case 'recurrence_pattern':
      return [recurrenceInWords(before, after)];
    case 'excluded':
      return datesInWords(before.excluded, after.excluded, after, ['no longer takes place', 'takes place again']);
    case 'added':
      return datesInWords(before.added, after.added, after, ['was added', 'was removed']);
    case 'overrides':
      return overridesInWords(before.overrides ?? [], after);
    default:
      return [changeInWords(fieldOf(field).label, valueInWords(field, before), valueInWords(field, after))];
  }
}

/** Returns a value in words, with times in the zone of the event; null when there is no value. */
export function valueInWords(field: ContentField, state: Before): string | null {
  const value = state[field] ?? null;
  if (value === null || (Array.isArray(value) && value.length === 0)) return null;
  const zone = state.time_zone ?? 'UTC';
  if (field === 'start_time' || field === 'end_time') return timeInWords(value as string, zone);
  if (field === 'excluded' || field === 'added')
    return (value as string[]).map((time) => timeInWords(time, zone)).join('; ');
  if (field === 'overrides') {
    return (value as WireOverride[]).map(({ original_start }) => timeInWords(original_start, zone)).join('; ');
  }
  if (field === 'recurrence_pattern') return recurrenceInWords({}, state as WireContent).replace(/^Now repeats /, '');
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Returns an instant in words, such as `Monday, 1 June 2026, 10:00`, or a plain date without the time. */
export function timeInWords(time: string, timeZone: string): string {
  const isDate = time.length === 10;
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: isDate ? 'UTC' : timeZone,
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    ...(isDate ? {} : { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
  });
  // The spelling of "at" between date and time differs between editions of the locale data.
  const part = Object.fromEntries(format.formatToParts(new Date(time)).map(({ type, value }) => [type, value]));
  const date = `${part.weekday}, ${part.day} ${part.month} ${part.year}`;
  return isDate ? date : `${date}, ${part.hour}:${part.minute}`;
}

const MAX_QUOTE_LENGTH = 80;

function changeInWords(label: string, from: string | null, to: string | null): string {
  if (from === null) return `${label} set to ${quote(to!)}`;
  if (to === null) return `${label} removed (was ${quote(from)})`;
  return `${label} changed from ${quote(from)} to ${quote(to)}`;
}

const quote = (text: string): string =>
  `“${text.length > MAX_QUOTE_LENGTH ? `${text.slice(0, MAX_QUOTE_LENGTH).toWellFormed()}…` : text}”`;

/** Returns a sentence such as “Now every Tuesday instead of Monday; ends 30 June 2026”. */
function recurrenceInWords(before: Before, after: WireContent): string {
  const contexts = { before: wordsContext({ ...after, ...before }), after: wordsContext(after) };
  const change = ruleChangeInWords(ruleOf(before), ruleOf(after), contexts) || 'recurrence changed';
  return change.charAt(0).toUpperCase() + change.slice(1);
}

const ruleOf = ({ recurrence_pattern: pattern }: Before): RecurrenceRule | null =>
  pattern ? ruleFromPattern(pattern) : null;

function wordsContext({ start_time, time_zone, all_day }: WireContent): WordsContext {
  const start = all_day ? parseLocalTime(start_time) : toLocal(Date.parse(start_time) / 1_000, time_zone);
  return { start, zone: time_zone };
}

function datesInWords(
  before: string[] = [],
  after: string[],
  { time_zone }: WireContent,
  [addedWords, removedWords]: [string, string],
): string[] {
  return [
    ...after.filter((time) => !before.includes(time)).map((time) => `${timeInWords(time, time_zone)} ${addedWords}`),
    ...before.filter((time) => !after.includes(time)).map((time) => `${timeInWords(time, time_zone)} ${removedWords}`),
  ];
}

function overridesInWords(before: WireOverride[], { overrides, time_zone }: WireContent): string[] {
  const known = new Map(before.map((override) => [override.original_start, JSON.stringify(override)]));
  const remaining = new Set(overrides.map((override) => override.original_start));
  const name = (time: string): string => `The occurrence of ${timeInWords(time, time_zone)}`;
  return [
    ...overrides
      .filter((override) => known.get(override.original_start) !== JSON.stringify(override))
      .map((override) => `${name(override.original_start)} ${overrideInWords(override, time_zone)}`),
    ...before
      .filter(({ original_start }) => !remaining.has(original_start))
      .map(({ original_start }) => `${name(original_start)} is as in the series again`),
  ];
}

function overrideInWords({ start_time, original_start: _name, ...own }: WireOverride, timeZone: string): string {
  const moved = start_time ? [`was moved to ${timeInWords(start_time, timeZone)}`] : [];
  const fields = Object.keys(own).filter((field) => field !== 'end_time');
  if (fields.length > 0) moved.push(`has its own ${fields.join(', ').replaceAll('_', ' ')}`);
  return moved.join(' and ') || 'was changed';
}
