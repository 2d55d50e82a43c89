import { fieldError } from '../content/draft-recurrence.js';
import { readRule } from '../recurrence/pattern.js';
import { type RecurrenceRule, WEEKDAY_CODES } from '../recurrence/rule.js';
import { validateSeries } from '../recurrence/validate.js';
import type { FieldError } from '../problems/problem.js';
import type { Weekday } from '../time/calendar-day.js';
import { TimeError } from '../time/time-error.js';
import { canonicalTimeZone, isTimeZone, toLocal } from '../time/time-zone.js';
import { type Question, seriesFrom } from './candidates.js';
import { readSpan } from '../availability/span.js';
import { secondsOfClock, type WorkingHours } from './working-hours.js';

/** The question as a client sends it. */
export interface FindTimeInput {
  user_ids: unknown[];
  optional_user_ids?: unknown[];
  duration_minutes: number;
  from: string;
  to: string;
  time_zone?: string;
  working_hours?: { start: string; end: string; days?: (typeof WEEKDAY_CODES)[number][] };
  buffer_minutes?: number;
  limit?: number;
  recurrence_pattern?: unknown;
}

export interface TimeQuestion extends Question {
  /** Seconds. */
  buffer: number;
  limit: number;
  /** Null for a single event. */
  rule: RecurrenceRule | null;
  /** Null for any time of day. */
  hours: WorkingHours | null;
  /** Null for each person's own time zone. */
  hoursZone: string | null;
}

/** The largest number of people besides the caller. */
export const MAX_PEOPLE = 20;
const MAX_DAYS = 62;
const PATTERN = '/recurrence_pattern';
const DEFAULT_LIMIT = 5;
const DEFAULT_DAYS = ['MO', 'TU', 'WE', 'TH', 'FR'] as const;

/**
 * Reads and validates the question. Returns all errors if there are any.
 * @param now epoch seconds; the search begins no earlier
 */
export function readQuestion(
  input: FindTimeInput,
  defaultZone: string,
  now: number,
): TimeQuestion | { errors: FieldError[] } {
  const zone = input.time_zone ?? defaultZone;
  if (!isTimeZone(zone)) {
    const message = 'Must be an IANA time zone such as Europe/Paris.';
    return { errors: [{ pointer: '/time_zone', code: 'unknown_time_zone', message }] };
  }
  const zoneName = canonicalTimeZone(zone);
  const span = readSpan(input, { timeZone: zoneName, maxDays: MAX_DAYS, prefix: '' });
  if ('errors' in span) return span;
  const { start, end } = span.window;
  const errors: FieldError[] = [];
  const length = input.duration_minutes * 60;
  if (length > end - start) {
    errors.push({ pointer: '/duration_minutes', code: 'too_large', message: 'Must not be longer than the window.' });
  }
  const hours = input.working_hours ? readHours(input.working_hours, errors) : null;
  const rule = readPattern(input.recurrence_pattern, toLocal(start, zoneName).day, errors);
  if (errors.length > 0) return { errors };
  return {
    window: { start: Math.max(start, Math.ceil(now)), end },
    length,
    zoneName,
    buffer: (input.buffer_minutes ?? 0) * 60,
    limit: input.limit ?? DEFAULT_LIMIT,
    rule,
    hours,
    hoursZone: input.time_zone === undefined ? null : zoneName,
  };
}

function readHours(
  { start, end, days = [...DEFAULT_DAYS] }: NonNullable<FindTimeInput['working_hours']>,
  errors: FieldError[],
): WorkingHours {
  const hours = {
    start: secondsOfClock(start),
    end: secondsOfClock(end),
    days: new Set(days.map((code) => WEEKDAY_CODES.indexOf(code) as Weekday)),
  };
  if (hours.end <= hours.start) {
    const message = 'The end must be after the start.';
    errors.push({ pointer: '/working_hours/end', code: 'end_not_after_start', message });
  }
  return hours;
}

function readPattern(input: unknown, firstDay: number, errors: FieldError[]): RecurrenceRule | null {
  if (input === undefined || input === null) return null;
  const reject = (error: FieldError): null => {
    errors.push(error);
    return null;
  };
  try {
    const rule = readRule(input);
    if (rule.byHour ?? rule.byMinute ?? rule.bySecond) {
      const message = 'Send a pattern without times of day: they are the result of the search.';
      return reject({ pointer: PATTERN, code: 'part_not_allowed', message });
    }
    validateSeries(seriesFrom(rule, firstDay));
    return rule;
  } catch (error) {
    // The search finds the starts in the window that match.
    if (error instanceof TimeError && error.code === 'start_not_in_pattern') return readRule(input);
    const found = fieldError(error, '', { timeZone: 'UTC', allDay: true });
    const pointer = found.pointer.startsWith(PATTERN) ? found.pointer : PATTERN + found.pointer;
    return reject({ ...found, pointer });
  }
}
