import type { FieldError } from '../platform/http/problem.js';
import { formatLocalTime, type LocalTime, parseLocalTime } from '../platform/time/local-time.js';
import { TimeError } from '../platform/time/time-error.js';
import { type EventContent, isSeries, wireLocal } from './event-content.js';
import { seriesOf, withSeries } from './event-series.js';
import { type EventTimes, readLocalStart } from './event-times.js';
import { changeRule } from './recurrence/change-rule.js';
import { moveSeries } from './recurrence/move.js';
import { readRule } from './recurrence/pattern.js';
import type { RecurrenceRule } from './recurrence/rule.js';
import type { Series } from './recurrence/series.js';
import { validateSeries } from './recurrence/validate.js';

/** The recurrence of an event as a client spells it; absent parts stay as they are. */
export interface RecurrenceInput {
  is_recurring?: boolean;
  /** RRULE text, a pattern object, or null to clear. */
  recurrence_pattern?: unknown;
  excluded?: unknown;
  added?: unknown;
}

type Resolved = { content: EventContent } | { errors: FieldError[] };

/**
 * Puts new times and a new recurrence into an event and checks that they fit together. A series whose times move without
 * a new pattern keeps its shape: the rule follows its start, exclusions and overrides their occurrences (`moveSeries`). A
 * new pattern keeps the exclusions and overrides that it names too (`changeRule`).
 * @param content the event with its new texts and its old times; for a new event, with no recurrence
 * @param times its new times
 */
export function resolveRecurrence(input: RecurrenceInput, content: EventContent, times: EventTimes): Resolved {
  const cleared = input.is_recurring === false || input.recurrence_pattern === null;
  const patternGiven = input.recurrence_pattern !== undefined && input.recurrence_pattern !== null;
  if (cleared && (input.is_recurring === true || patternGiven)) {
    const message = '`is_recurring` and `recurrence_pattern` contradict each other.';
    return { errors: [{ pointer: '/is_recurring', code: 'not_allowed', message }] };
  }

  const wasSeries = isSeries(content) && !cleared;
  if (cleared || (!wasSeries && !patternGiven && isEmpty(input.added))) return once(input, { ...content, ...times });

  const errors: FieldError[] = [];
  const rule = patternGiven ? readPattern(input.recurrence_pattern, times, errors) : null;
  const excluded = readStarts(input.excluded, 'excluded', times, errors);
  const added = readStarts(input.added, 'added', times, errors);
  if (errors.length > 0) return { errors };

  try {
    const current = seriesOf(wasSeries ? content : { ...content, ...times, ...ONCE });
    const moved = wasSeries ? reshaped(current, seriesOf({ ...content, ...times }), rule) : { ...current, rule };
    const series = { ...moved, added: added ?? moved.added, excluded: excluded ?? moved.excluded };
    validateSeries(series);
    return { content: withSeries({ ...content, ...times }, series) };
  } catch (error) {
    return { errors: [fieldError(error, '', times)] };
  }
}

const ONCE = { rrule: null, excluded: [], added: [], overrides: [] };

/** The series at its new times, with its new rule if there is one. */
function reshaped(current: Series, timed: Series, rule: RecurrenceRule | null): Series {
  const { start, zone, allDay, duration } = timed;
  if (rule) return changeRule({ ...current, start, zone, allDay, duration }, rule);
  const unmoved =
    formatLocalTime(start) === formatLocalTime(current.start) && zone === current.zone && allDay === current.allDay;
  return unmoved ? { ...current, duration } : moveSeries({ ...current, zone, allDay }, start, duration);
}

function once(input: RecurrenceInput, content: EventContent): Resolved {
  if (input.is_recurring === true) {
    const message = 'Needed for a recurring event: an RRULE or a pattern.';
    return { errors: [{ pointer: '/recurrence_pattern', code: 'recurrence_required', message }] };
  }
  const message = 'Only a recurring event has such dates.';
  const errors = (['excluded', 'added'] as const)
    .filter((name) => !isEmpty(input[name]))
    .map((name) => ({ pointer: `/${name}`, code: 'not_allowed', message }));
  return errors.length > 0 ? { errors } : { content: { ...content, ...ONCE } };
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0);

function readPattern(input: unknown, times: EventTimes, errors: FieldError[]): RecurrenceRule | null {
  try {
    return readRule(input);
  } catch (error) {
    errors.push(fieldError(error, '/recurrence_pattern', times));
    return null;
  }
}

const MOST_DATES = 10_000;

/** Null when the list was not sent. */
function readStarts(
  value: unknown,
  name: 'excluded' | 'added',
  times: EventTimes,
  errors: FieldError[],
): LocalTime[] | null {
  if (value === undefined) return null;
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
  return errors.length > 0 ? [] : [...new Set(starts)].sort().map(parseLocalTime);
}

/** Where the engine's pointers lie in the body. */
const POINTERS: [string, string][] = [
  ['/rule', '/recurrence_pattern'],
  ['/start', '/start_time'],
  ['/duration', '/end_time'],
  ['/zone', '/time_zone'],
];

/** What the engine refused, pointing into the body; with the next start that the rule does match, where it is known. */
export function fieldError(error: unknown, prefix: string, times: Pick<EventTimes, 'timeZone' | 'allDay'>): FieldError {
  if (!(error instanceof TimeError)) throw error;
  let pointer = prefix + error.pointer;
  for (const [from, to] of POINTERS) {
    if (prefix === '' && pointer.startsWith(from)) pointer = to + pointer.slice(from.length);
  }
  const { code, message, next } = error;
  return { pointer, code, message, ...(next ? { next: wireLocal(formatLocalTime(next), times) } : {}) };
}
