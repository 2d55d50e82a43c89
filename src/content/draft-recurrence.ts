import type { FieldError } from '../problems/problem.js';
import { formatLocalTime, localOf, type LocalTime, parseLocalTime, stampOf } from '../time/local-time.js';
import { TimeError } from '../time/time-error.js';
import { type EventContent, isSeries } from './event-content.js';
import { wireLocal } from './wire.js';
import { seriesOf, withSeries } from './series.js';
import { type EventTimes, readLocalStarts } from './draft-times.js';
import { changeRule } from '../recurrence/change-rule.js';
import { expand } from '../recurrence/expand.js';
import { moveSeries } from '../recurrence/move.js';
import { patternFromRule, readRule } from '../recurrence/pattern.js';
import { parseRrule } from '../recurrence/rrule-text.js';
import type { RecurrenceRule } from '../recurrence/rule.js';
import { compileSeries } from '../recurrence/series-times.js';
import type { Series } from '../recurrence/series.js';
import { validateSeries } from '../recurrence/validate.js';
import { onClock } from './series-clock.js';

/** The recurrence of an event as a client spells it; absent parts stay as they are. */
export interface RecurrenceInput {
  is_recurring?: boolean;
  /** RRULE text, a pattern object, or null to clear. */
  recurrence_pattern?: unknown;
  excluded?: unknown;
  added?: unknown;
  /** A pattern object only names what changes in the present one, null removes (RFC 7396). */
  mergesPattern?: boolean;
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
  const rule = patternGiven ? readPattern(patternOf(input, content), times, errors) : null;
  const excluded = readStarts(input.excluded, 'excluded', times, errors);
  const added = readStarts(input.added, 'added', times, errors);
  if (errors.length > 0) return { errors };

  try {
    const current = seriesOf(wasSeries ? content : { ...content, ...times, ...ONCE });
    const moved = wasSeries ? reshaped(current, seriesOf({ ...content, ...times }), rule) : { ...current, rule };
    const series = withDates(moved, added, excluded);
    validateSeries(series);
    if (expand(series, ALWAYS, 1).length === 0) return { errors: [NOTHING_LEFT] };
    return { content: withSeries({ ...content, ...times }, series) };
  } catch (error) {
    return { errors: [fieldError(error, '', times)] };
  }
}

const ONCE = { rrule: null, excluded: [], added: [], overrides: [] };

const ALWAYS = { from: -Infinity, to: Infinity };
const NOTHING_LEFT: FieldError = {
  pointer: '/excluded',
  code: 'no_occurrence',
  message: 'No occurrence would be left; delete the event instead.',
};

/** The series at its new times, with its new rule if there is one. */
function reshaped(current: Series, timed: Series, rule: RecurrenceRule | null): Series {
  const { start, zone, allDay, duration } = timed;
  const told = onClock(current, zone, allDay, start);
  if (rule) return changeRule({ ...told, start, duration }, rule);
  const unmoved = stampOf(start) === stampOf(current.start) && zone === current.zone && allDay === current.allDay;
  return unmoved ? { ...current, duration } : moveSeries(told, start, duration);
}

/** The series with the dates that were sent, each list as the client spelled it; overrides go with their occurrences. */
function withDates(series: Series, added: LocalTime[][] | null, excluded: LocalTime[][] | null): Series {
  const kept = new Set(series.added.map(stampOf));
  const dated = { ...series, added: chosen(added, (stamp) => kept.has(stamp)) ?? series.added, excluded: [] };
  const occurs = compileSeries(dated);
  const left = { ...dated, excluded: chosen(excluded, (stamp) => occurs.has(stamp)) ?? series.excluded };
  const takesPlace = compileSeries(left);
  return { ...left, overrides: left.overrides.filter(({ original }) => takesPlace.has(stampOf(original))) };
}

/** Of the starts that each text may name the one that is known, else the likeliest; in order, each once. */
function chosen(starts: LocalTime[][] | null, isKnown: (stamp: number) => boolean): LocalTime[] | null {
  if (starts === null) return null;
  const stamps = starts.map((candidates) => candidates.map(stampOf));
  const found = stamps.map((candidates) => candidates.find(isKnown) ?? candidates[0]!);
  return [...new Set(found)].sort((a, b) => a - b).map(localOf);
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

/** The pattern as sent, or put into the one that is there (RFC 7396 §2). */
function patternOf({ recurrence_pattern: pattern, mergesPattern }: RecurrenceInput, { rrule }: EventContent): unknown {
  if (!mergesPattern || typeof pattern !== 'object' || Array.isArray(pattern)) return pattern;
  const merged = { ...(rrule === null ? {} : patternFromRule(parseRrule(rrule))), ...pattern };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
}

function readPattern(input: unknown, times: EventTimes, errors: FieldError[]): RecurrenceRule | null {
  try {
    return readRule(input);
  } catch (error) {
    errors.push(fieldError(error, '/recurrence_pattern', times));
    return null;
  }
}

const MAX_DATES = 10_000;

/** What each entry may name; null when the list was not sent. */
function readStarts(
  value: unknown,
  name: 'excluded' | 'added',
  times: EventTimes,
  errors: FieldError[],
): LocalTime[][] | null {
  if (value === undefined) return null;
  if (value === null) return [];
  if (!Array.isArray(value) || value.length > MAX_DATES) {
    errors.push({ pointer: `/${name}`, code: 'invalid', message: `Must be a list of at most ${MAX_DATES} starts.` });
    return [];
  }
  return value.map((text: unknown, index) => {
    const starts = typeof text === 'string' ? readLocalStarts(text, times) : [];
    if (starts.length === 0) {
      const message = times.allDay ? 'Must be a date.' : 'Must be a date and time.';
      errors.push({ pointer: `/${name}/${index}`, code: times.allDay ? 'not_a_date' : 'not_an_instant', message });
    }
    return starts.map(parseLocalTime);
  });
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
