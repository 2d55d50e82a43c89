import { isDeepStrictEqual } from 'node:util';
import { counted } from '../problems/counted.js';
import type { FieldError } from '../problems/problem.js';
import { formatLocalTime, localOf, type LocalTime, parseLocalTime, stampOf } from '../time/local-time.js';
import { TimeError } from '../time/time-error.js';
import { durationOf, type EventContent, isSeries } from './event-content.js';
import { wireLocal } from './wire.js';
import { seriesOf, applySeries } from './series.js';
import { type EventTimes, isRepeated, readLocalStarts, repeatedTime } from './draft-times.js';
import { beginSeries } from '../recurrence/begin.js';
import { changeRule } from '../recurrence/change-rule.js';
import { datesAround, expand } from '../recurrence/expand.js';
import { moveSeries } from '../recurrence/move.js';
import { readRule } from '../recurrence/pattern.js';
import type { RecurrenceRule } from '../recurrence/rule.js';
import { compileSeries, type SeriesTimes } from '../recurrence/series-times.js';
import { type Duration, type Series, wallDuration } from '../recurrence/series.js';
import { validateSeries } from '../recurrence/validate.js';
import { changeClock } from './series-clock.js';

/** The recurrence of an event as a client sends it. Absent members leave the current values. */
export interface RecurrenceInput {
  is_recurring?: boolean;
  /** RRULE text, a pattern object, or null to clear it. */
  recurrence_pattern?: unknown;
  excluded?: unknown;
  added?: unknown;
  /** The series begins on another day of its pattern; its other occurrences stay. */
  start_only?: boolean;
  /** A pattern object is merged into the current one, and null removes a member; see `omitUnchanged`. */
  mergesPattern?: boolean;
  /** The occurrence that an edit of the whole series names: its original start, and its requested duration. */
  named?: { original: LocalTime; duration: Duration };
}

type Resolved = { content: EventContent } | { errors: FieldError[] };

/**
 * Applies new times and a new recurrence to an event and checks that they fit together. When the times of a series move
 * without a new pattern, the rule follows the start, and everything else moves as far (`moveSeries`). A new pattern keeps
 * the exclusions and overrides of the occurrences that it generates too (`changeRule`). Pure.
 * @param content the event with its new texts and its old times; a new event has no recurrence yet
 * @param times the new times of the event
 */
export function resolveRecurrence(input: RecurrenceInput, content: EventContent, times: EventTimes): Resolved {
  const cleared = input.is_recurring === false || input.recurrence_pattern === null;
  const patternGiven = input.recurrence_pattern !== undefined && input.recurrence_pattern !== null;
  if (cleared && (input.is_recurring === true || patternGiven)) {
    const message = '`is_recurring` and `recurrence_pattern` contradict each other.';
    return { errors: [{ pointer: '/is_recurring', code: 'not_allowed', message }] };
  }

  const wasSeries = isSeries(content) && !cleared;
  if (cleared || (!wasSeries && !patternGiven && isEmpty(input.added)))
    return resolveSingle(input, { ...content, ...times });

  const errors: FieldError[] = [];
  const rule = patternGiven ? readPattern(input.recurrence_pattern, times, errors) : null;
  const excluded = readStarts(input.excluded, 'excluded', content, times, errors);
  const added = readStarts(input.added, 'added', content, times, errors);
  if (errors.length > 0) return { errors };

  if (isRepeated({ instant: times.startTime, local: times.localStart }, times.timeZone)) {
    const at = { local: times.localStart };
    return { errors: [{ ...repeatedTime(at, times.timeZone), pointer: '/start_time' }] };
  }

  try {
    const current = seriesOf(wasSeries ? content : { ...content, ...times, ...NO_RECURRENCE });
    const duration = input.named?.duration ?? chooseDuration(wasSeries ? content : null, times);
    const timed = { ...seriesOf({ ...content, ...times }), duration };
    const moved = wasSeries ? reshape(current, timed, rule, input) : { ...current, duration, rule };
    const dated = replaceDates(moved, added, excluded, times);
    if ('errors' in dated) return dated;
    validateSeries(dated);
    if (expand(dated, ALWAYS, 1).length === 0) return { errors: [NO_OCCURRENCE_LEFT] };
    return { content: applySeries({ ...content, ...times }, dated) };
  } catch (error) {
    return { errors: [fieldError(error, '', times)] };
  }
}

const NO_RECURRENCE = { rrule: null, excluded: [], added: [], overrides: [] };

const ALWAYS = { from: -Infinity, to: Infinity };
const NO_OCCURRENCE_LEFT: FieldError = {
  pointer: '/excluded',
  code: 'no_occurrence',
  message: 'No occurrence would be left. Delete the event instead.',
};

/**
 * Returns the duration of a series: its old one where the times have the same length, on the clock or in hours.
 * Otherwise the wall clock sets it, so that a night shift of eight hours also lasts eight hours when its first night has
 * nine. Only two equal wall times need the hours.
 * @param content the series before; null for a new one
 */
function chooseDuration(content: EventContent | null, times: EventTimes): Duration {
  const elapsed = durationOf(times);
  if (content && content.allDay === times.allDay) {
    const kept = durationOf(content);
    const isUnmoved =
      content.startTime.getTime() === times.startTime.getTime() &&
      content.endTime.getTime() === times.endTime.getTime();
    if (isUnmoved || isDeepStrictEqual(kept, elapsed)) return kept;
  }
  const end = { instant: times.endTime, local: times.localEnd };
  const onClock = !times.allDay && times.localEnd > times.localStart && !isRepeated(end, times.timeZone);
  return onClock ? wallDuration(times.localStart, times.localEnd) : elapsed;
}

/** Returns the series at its new times, with its new rule if there is one. */
function reshape(current: Series, timed: Series, rule: RecurrenceRule | null, input: RecurrenceInput): Series {
  const { start, zone, allDay, duration } = timed;
  const onClock = changeClock(current, zone, allDay, start);
  if (input.start_only === true) {
    const begun = beginSeries(onClock, start, duration);
    return rule ? changeRule(begun, rule) : begun;
  }
  if (rule) return changeRule(onClock, rule, start, duration);
  const unmoved = stampOf(start) === stampOf(current.start) && zone === current.zone && allDay === current.allDay;
  return unmoved ? { ...current, duration } : moveSeries(onClock, start, duration, input.named?.original);
}

/**
 * Returns the series with the lists of dates that were sent. Overrides of removed occurrences are dropped. Errors for
 * excluded dates that name no occurrence.
 */
function replaceDates(
  series: Series,
  added: LocalTime[][] | null,
  excluded: LocalTime[][] | null,
  times: EventTimes,
): Series | { errors: FieldError[] } {
  const kept = new Set(series.added.map(stampOf));
  const dated = { ...series, added: chooseStarts(added, (stamp) => kept.has(stamp)) ?? series.added, excluded: [] };
  const occurs = compileSeries(dated);
  const errors = (excluded ?? []).flatMap((starts, index) =>
    starts.some((start) => occurs.has(stampOf(start)))
      ? []
      : [{ ...notAnOccurrence(occurs, starts[0]!, times), pointer: `/excluded/${index}` }],
  );
  if (errors.length > 0) return { errors };
  const remaining = { ...dated, excluded: chooseStarts(excluded, (stamp) => occurs.has(stamp)) ?? series.excluded };
  const takesPlace = compileSeries(remaining);
  return { ...remaining, overrides: remaining.overrides.filter(({ original }) => takesPlace.has(stampOf(original))) };
}

/** Returns the error for a start that names no occurrence, with the occurrences around it. */
export function notAnOccurrence(
  series: SeriesTimes,
  start: LocalTime,
  times: Pick<EventTimes, 'timeZone' | 'allDay'>,
): Omit<FieldError, 'pointer'> {
  const near = datesAround(series, start).map((date) => wireLocal(formatLocalTime(date), times));
  return { code: 'not_an_occurrence', message: 'The series has no occurrence with this original start.', near };
}

/**
 * Returns the known start among those that each text may name, or else the likeliest; sorted and without duplicates.
 */
function chooseStarts(starts: LocalTime[][] | null, isKnown: (stamp: number) => boolean): LocalTime[] | null {
  if (starts === null) return null;
  const stamps = starts.map((candidates) => candidates.map(stampOf));
  const found = stamps.map((candidates) => candidates.find(isKnown) ?? candidates[0]!);
  return [...new Set(found)].sort((a, b) => a - b).map(localOf);
}

function resolveSingle(input: RecurrenceInput, content: EventContent): Resolved {
  if (input.is_recurring === true) {
    const message = 'A recurring event needs an RRULE or a pattern object.';
    return { errors: [{ pointer: '/recurrence_pattern', code: 'recurrence_required', message }] };
  }
  const message = 'Only a recurring event can have these dates.';
  const errors = (['excluded', 'added'] as const)
    .filter((name) => !isEmpty(input[name]))
    .map((name) => ({ pointer: `/${name}`, code: 'not_allowed', message }));
  return errors.length > 0 ? { errors } : { content: { ...content, ...NO_RECURRENCE } };
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

/**
 * The excluded, and the added dates of a series: more than people cancel or add in years. Every version and every comparison
 * carries the lists. They are the same wherever dates come from, so that what is exported can be imported.
 */
export const MAX_DATES = 1_000;
/** The changed occurrences of a series. Each is in every version of the event. */
export const MAX_OVERRIDES = 1_000;

/** Returns the local starts that each entry may name; null when the list was not sent. What was stored can be sent back. */
function readStarts(
  value: unknown,
  name: 'excluded' | 'added',
  content: EventContent,
  times: EventTimes,
  errors: FieldError[],
): LocalTime[][] | null {
  if (value === undefined) return null;
  if (value === null) return [];
  const max = Math.max(MAX_DATES, content[name].length);
  if (!Array.isArray(value) || value.length > max) {
    errors.push({
      pointer: `/${name}`,
      code: 'invalid',
      message: `Must be a list of at most ${counted(max, 'start')}.`,
    });
    return [];
  }
  return value.map((text: unknown, index) => {
    const starts = readLocalStarts(typeof text === 'string' ? text : '', times);
    if (Array.isArray(starts)) return starts.map(parseLocalTime);
    errors.push({ ...starts, pointer: `/${name}/${index}` });
    return [];
  });
}

/** Maps the pointers of the recurrence engine to members of the body. */
const POINTERS: [string, string][] = [
  ['/rule', '/recurrence_pattern'],
  ['/start', '/start_time'],
  ['/duration', '/end_time'],
  ['/zone', '/time_zone'],
];

/**
 * Returns an error of the recurrence engine with a pointer into the body, and with the next start that matches the rule
 * where it is known.
 */
export function fieldError(error: unknown, prefix: string, times: Pick<EventTimes, 'timeZone' | 'allDay'>): FieldError {
  if (!(error instanceof TimeError)) throw error;
  let pointer = prefix + error.pointer;
  for (const [from, to] of POINTERS) {
    if (prefix === '' && pointer.startsWith(from)) pointer = to + pointer.slice(from.length);
  }
  const { code, message, next } = error;
  return { pointer, code, message, ...(next ? { next: wireLocal(formatLocalTime(next), times) } : {}) };
}
