import type { FieldError } from '../platform/http/problem.js';
import { TimeError } from '../platform/time/time-error.js';
import { formatLocalTime, type LocalTime, parseLocalTime } from '../platform/time/local-time.js';
import { toInstant } from '../platform/time/time-zone.js';
import type { EventContent } from './event-content.js';
import { type EventTimes, readLocalStart } from './event-times.js';
import { readRule } from './recurrence/pattern.js';
import { parseRrule, printRrule } from './recurrence/rrule-text.js';
import { durationBetween, type Series } from './recurrence/series.js';
import { validateSeries } from './recurrence/validate.js';

/** The recurrence of an event as a client spells it; absent parts stay as they are. */
export interface RecurrenceInput {
  is_recurring?: boolean;
  /** RRULE text, a pattern object, or null to clear. */
  recurrence_pattern?: unknown;
  excluded?: unknown;
  added?: unknown;
}

export type EventRecurrence = Pick<EventContent, 'rrule' | 'excluded' | 'added' | 'overrides'>;

const ONCE: EventRecurrence = { rrule: null, excluded: [], added: [], overrides: [] };

/** The times of an event as the recurrence engine takes them. */
export function seriesOf(content: EventTimes & EventRecurrence): Series {
  const seconds = (instant: Date): number => instant.getTime() / 1_000;
  return {
    start: parseLocalTime(content.localStart),
    zone: content.timeZone,
    allDay: content.allDay,
    duration: durationBetween(seconds(content.startTime), seconds(content.endTime), content.timeZone),
    rule: content.rrule === null ? null : parseRrule(content.rrule),
    added: content.added.map(parseLocalTime),
    excluded: content.excluded.map(parseLocalTime),
    overrides: [],
  };
}

/**
 * Works out rule, exclusions and additions, and checks them against the event's times.
 * @param current the event's present recurrence, null for a new event
 */
export function resolveRecurrence(
  input: RecurrenceInput,
  times: EventTimes,
  current: EventRecurrence | null,
): { recurrence: EventRecurrence } | { errors: FieldError[] } {
  const cleared = input.is_recurring === false || input.recurrence_pattern === null;
  const patternGiven = input.recurrence_pattern !== undefined && input.recurrence_pattern !== null;
  if (cleared) {
    if (input.is_recurring === true || patternGiven) {
      const message = '`is_recurring` and `recurrence_pattern` contradict each other.';
      return { errors: [{ pointer: '/is_recurring', code: 'not_allowed', message }] };
    }
    return withoutRule(input);
  }
  if (!patternGiven && !current?.rrule) {
    if (input.is_recurring) {
      const message = 'Needed for a recurring event: an RRULE or a pattern.';
      return { errors: [{ pointer: '/recurrence_pattern', code: 'recurrence_required', message }] };
    }
    return withoutRule(input);
  }

  const errors: FieldError[] = [];
  let rrule = current?.rrule ?? null;
  try {
    if (patternGiven) rrule = printRrule(readRule(input.recurrence_pattern));
  } catch (error) {
    errors.push(fieldError(error, '/recurrence_pattern', times));
  }
  const list = (name: 'excluded' | 'added'): string[] => {
    if (input[name] === undefined) return current?.[name] ?? [];
    return readStarts(input[name], name, times, errors);
  };
  const excluded = list('excluded');
  const added = list('added');
  if (errors.length > 0) return { errors };

  const recurrence = { rrule, excluded, added, overrides: current?.overrides ?? [] };
  try {
    validateSeries(seriesOf({ ...times, ...recurrence }));
  } catch (error) {
    return { errors: [fieldError(error, '', times)] };
  }
  return { recurrence };
}

function withoutRule(input: RecurrenceInput): { recurrence: EventRecurrence } | { errors: FieldError[] } {
  const message = 'Only a recurring event has such dates.';
  const errors = (['excluded', 'added'] as const)
    .filter((name) => input[name] !== undefined && input[name] !== null && !isEmptyList(input[name]))
    .map((name) => ({ pointer: `/${name}`, code: 'not_allowed', message }));
  return errors.length > 0 ? { errors } : { recurrence: ONCE };
}

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

const MOST_DATES = 10_000;

function readStarts(value: unknown, name: string, times: EventTimes, errors: FieldError[]): string[] {
  if (value === null) return [];
  if (!Array.isArray(value) || value.length > MOST_DATES) {
    errors.push({ pointer: `/${name}`, code: 'invalid', message: `Must be a list of at most ${MOST_DATES} starts.` });
    return [];
  }
  const starts = value.map((text: unknown, index) => {
    const local = typeof text === 'string' ? readLocalStart(text, times) : null;
    if (local === null) {
      const message = times.allDay ? 'Must be a date.' : 'Must be a date and time.';
      errors.push({ pointer: `/${name}/${index}`, code: times.allDay ? 'not_a_date' : 'not_an_instant', message });
    }
    return local ?? '';
  });
  return [...new Set(starts)].sort();
}

/** Where the engine's pointers lie in the body. */
const POINTERS: [string, string][] = [
  ['/rule', '/recurrence_pattern'],
  ['/start', '/start_time'],
  ['/duration', '/end_time'],
  ['/zone', '/time_zone'],
];

/** What the engine refused, pointing into the body; with the next start that the rule does match, where it is known. */
function fieldError(error: unknown, prefix: string, times: EventTimes): FieldError {
  if (!(error instanceof TimeError)) throw error;
  let pointer = prefix + error.pointer;
  for (const [from, to] of POINTERS) {
    if (prefix === '' && pointer.startsWith(from)) pointer = to + pointer.slice(from.length);
  }
  const { code, message, next } = error;
  return { pointer, code, message, ...(next ? { next: wireStart(next, times) } : {}) };
}

function wireStart(local: LocalTime, { timeZone, allDay }: EventTimes): string {
  if (allDay) return formatLocalTime(local).slice(0, 10);
  return new Date(toInstant(local, timeZone).epochSecond * 1_000).toISOString().replace('.000Z', 'Z');
}
