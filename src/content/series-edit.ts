import { counted } from '../problems/counted.js';
import { type FieldError, invalid, Problem } from '../problems/problem.js';
import {
  formatLocalDate,
  formatLocalTime,
  localOf,
  type LocalTime,
  parseLocalTime,
  SECONDS_IN_DAY,
  stampOf,
} from '../time/local-time.js';
import { TimeError } from '../time/time-error.js';
import { toLocal } from '../time/time-zone.js';
import { durationOf, type EventContent, isSeries } from './event-content.js';
import { camelCase } from './columns.js';
import { OCCURRENCE_FIELDS, plainFieldOf, type StoredOverride } from './fields.js';
import type { ContentInput } from './draft.js';
import { fieldError, MAX_DATES, MAX_OVERRIDES, notAnOccurrence } from './draft-recurrence.js';
import { seriesOf, applySeries } from './series.js';
import { type EventTimes, isRepeated, readLocalStarts, repeatedTime, resolveTimes } from './draft-times.js';
import { compileSeries } from '../recurrence/series-times.js';
import { count, occurrenceAt } from '../recurrence/expand.js';
import type { Series } from '../recurrence/series.js';
import { splitSeries } from '../recurrence/split.js';
import { validateSeries } from '../recurrence/validate.js';

/** The occurrences of a series that an edit applies to. */
export const SCOPES = ['this', 'following', 'all'] as const;
export type Scope = (typeof SCOPES)[number];

/** Fields that belong to the series as a whole. */
const OF_SERIES = [
  'time_zone',
  'all_day',
  'is_recurring',
  'recurrence_pattern',
  'excluded',
  'added',
  'start_only',
] as const;

/**
 * Returns the original local start that a client named by an instant or a wall time.
 * @throws Problem validation_failed when the text is not a time; not_found when the event has no such occurrence, with
 * those around it
 */
export function findOriginal(content: EventContent, text: string): LocalTime {
  const starts = readLocalStarts(text, content);
  if (!Array.isArray(starts) && starts.code !== 'repeated_time') {
    throw invalid({
      pointer: '/query/occurrence',
      code: 'not_an_instant',
      message: 'Must be the start of an occurrence.',
    });
  }
  const series = seriesOf(content);
  const named = Array.isArray(starts) ? starts.map(parseLocalTime) : [];
  const original = named.find((start) => occurrenceAt(series, start));
  if (original) return original;
  const around = named[0] ?? toLocal(Date.parse(text) / 1_000, content.timeZone);
  const error = { ...notAnOccurrence(compileSeries(series), around, content), pointer: '/query/occurrence' };
  throw new Problem('not_found', { errors: [error] });
}

/**
 * Returns the content without the occurrences of a scope; null when no occurrence would be left. Pure.
 * @throws Problem validation_failed when the series excludes as many dates as it can
 */
export function removeOccurrences(content: EventContent, original: LocalTime, scope: Scope): EventContent | null {
  if (scope === 'this') return excludeOccurrence(content, original);
  return scope === 'following' ? (splitBefore(content, original)?.head ?? null) : null;
}

function excludeOccurrence(content: EventContent, original: LocalTime): EventContent | null {
  const name = formatLocalTime(original);
  if (!isSeries(content) || count(seriesOf(content)) === 1) return null;
  if (content.excluded.length >= MAX_DATES) throw tooMany(MAX_DATES, 'excluded date');
  return {
    ...content,
    excluded: [...content.excluded, name].sort(),
    overrides: content.overrides.filter((override) => override.original !== name),
  };
}

/**
 * Overrides values of one occurrence. Values that equal those of the series are not stored, and an override without
 * values is removed. Pure.
 * @throws Problem validation_failed for fields of the whole series, for invalid times, and when the series has as many changed
 * occurrences as it can
 */
export function overrideOccurrence(content: EventContent, original: LocalTime, input: ContentInput): EventContent {
  const errors: FieldError[] = OF_SERIES.filter((field) => input[field] !== undefined).map((field) => ({
    pointer: `/${field}`,
    code: 'not_allowed',
    message: 'This field belongs to the whole series. Use scope=all or scope=following.',
  }));
  if (errors.length > 0) throw invalid(...errors);

  const name = formatLocalTime(original);
  const before = content.overrides.find((override) => override.original === name) ?? { original: name };
  const values = OCCURRENCE_FIELDS.map((field) => {
    const property = camelCase(field);
    const { nullable } = plainFieldOf(field).column;
    const given = nullable ? resolveOptional(input[field], before[property]) : (input[field] ?? before[property]);
    return [property, omitIfEqual(given, content[property])];
  });
  const override = dropUndefined({
    original: name,
    ...overrideTimes(content, original, before, input),
    ...Object.fromEntries(values),
  });
  const others = content.overrides.filter((other) => other.original !== name);
  const overrides = Object.keys(override).length > 1 ? [...others, override] : others;
  if (overrides.length > Math.max(MAX_OVERRIDES, content.overrides.length)) {
    throw tooMany(MAX_OVERRIDES, 'changed occurrence');
  }
  overrides.sort((a, b) => (a.original < b.original ? -1 : 1));
  return requireValid({ ...content, overrides });
}

const tooMany = (max: number, what: string): Problem =>
  invalid({
    pointer: '/query/occurrence',
    code: 'too_many',
    message: `A series can have at most ${counted(max, what)}. Split it with scope=following first: each part has its own.`,
  });

/**
 * Converts an edit of a whole series that names one of its occurrences. All occurrences move as far as the named one,
 * which gets exactly the requested values: its override of these is removed. Pure.
 * @returns the content to edit, and the input with the start and end of the series instead of those of the occurrence
 */
export function toSeriesEdit(
  content: EventContent,
  original: LocalTime,
  input: ContentInput,
): { content: EventContent; input: ContentInput } {
  const moves = input.start_time !== undefined || input.end_time !== undefined;
  const requested = moves ? resolveOccurrenceTimes(content, original, input) : null;
  const named = formatLocalTime(original);
  const overrides = content.overrides.flatMap((override) => {
    if (override.original !== named) return [override];
    const { start, zone, duration } = override;
    const values = OCCURRENCE_FIELDS.filter((field) => input[field] === undefined).map((field) => {
      const property = camelCase(field);
      return [property, override[property]];
    });
    const rest = dropUndefined({
      original: named,
      start:
        requested && start !== undefined
          ? formatLocalTime(toLocal(secondsOf(requested.startTime), content.timeZone))
          : start,
      zone: requested ? undefined : zone,
      duration: requested ? undefined : duration,
      ...Object.fromEntries(values),
    });
    return Object.keys(rest).length > 1 ? [rest] : [];
  });
  return {
    content: { ...content, overrides },
    input: requested ? { ...input, ...toSeriesTimes(content, original, requested) } : input,
  };
}

/** Returns the new start and end of the series when one of its occurrences is to take place at the requested times. */
function toSeriesTimes(content: EventContent, original: LocalTime, requested: EventTimes): ContentInput {
  refuseRepeated(requested);
  const { localStart: present } = timesAt(content, original);
  const start = localOf(
    stampOf(parseLocalTime(content.localStart)) +
      stampOf(parseLocalTime(requested.localStart)) -
      stampOf(parseLocalTime(present)),
  );
  const duration = durationOf(requested);
  const named = { original, duration };
  const end = localOf(stampOf(start) + duration.days * SECONDS_IN_DAY + duration.seconds);
  const format = requested.allDay ? formatLocalDate : formatLocalTime;
  return { start_time: format(start), end_time: format(end), named };
}

/**
 * Splits a series before an occurrence, with which the tail begins. Returns null when nothing comes before it. A half with
 * one date and no rule is a single event, with the values of its override. Pure.
 */
export function splitBefore(
  content: EventContent,
  original: LocalTime,
): { head: EventContent; tail: EventContent } | null {
  try {
    const { head, tail } = splitSeries(seriesOf(content), original);
    return { head: applyHalf(content, head), tail: applyHalf(content, tail) };
  } catch (error) {
    if (error instanceof TimeError && error.code === 'no_occurrence') return null;
    throw error;
  }
}

function applyHalf(whole: EventContent, series: Series): EventContent {
  const half = applySeries(whole, series);
  if (isSeries(half)) return half;
  const single = { ...half, excluded: [], overrides: [] };
  const override = half.overrides.find(({ original }) => original === half.localStart);
  if (!override) return single;
  const { original, start = original, zone, duration = durationOf(single), ...values } = override;
  if (zone) {
    const { startTime, endTime, localStart, localEnd } = timesAt(whole, series.start);
    return { ...single, ...values, startTime, endTime, localStart, localEnd };
  }
  return { ...applySeries(single, { ...seriesOf(single), start: parseLocalTime(start), duration }), ...values };
}

/** @throws Problem validation_failed for the second of two equal wall times, because the others have only the first */
function refuseRepeated({ startTime: instant, localStart: local, timeZone }: EventTimes): void {
  if (!isRepeated({ instant, local }, timeZone)) return;
  throw invalid({ ...repeatedTime({ local }, timeZone), pointer: '/start_time' });
}

/** Returns a value of an override; undefined when it equals the value of the series. */
const omitIfEqual = <T>(value: T | undefined, ofSeries: T): T | undefined => (value === ofSeries ? undefined : value);

const resolveOptional = (
  given: string | null | undefined,
  before: string | null | undefined,
): string | null | undefined => (given === undefined ? before : given || null);

function overrideTimes(
  content: EventContent,
  original: LocalTime,
  before: StoredOverride,
  input: ContentInput,
): Pick<StoredOverride, 'start' | 'zone' | 'duration'> {
  if (input.start_time === undefined && input.end_time === undefined) {
    return { start: before.start, zone: before.zone, duration: before.duration };
  }
  const requested = resolveOccurrenceTimes(content, original, input);
  const { startTime: instant, localStart: local } = requested;
  if (isRepeated({ instant, local }, content.timeZone)) {
    const seconds = secondsOf(requested.endTime) - secondsOf(instant);
    return { start: formatLocalTime(localOf(secondsOf(instant))), zone: 'UTC', duration: { days: 0, seconds } };
  }
  const unmoved = instant.getTime() === timesAt(content, original).startTime.getTime();
  const [duration, usual] = [durationOf(requested), durationOf(content)];
  const sameDuration = duration.days === usual.days && duration.seconds === usual.seconds;
  return {
    start: unmoved ? before.start : omitIfEqual(local, formatLocalTime(original)),
    zone: undefined,
    duration: sameDuration ? undefined : duration,
  };
}

function requireValid(content: EventContent): EventContent {
  try {
    validateSeries(seriesOf(content));
    return content;
  } catch (error) {
    throw invalid({ ...fieldError(error, '', content), pointer: '/start_time' });
  }
}

/** Returns the current times of an occurrence, overridden or not. */
function timesAt(content: EventContent, original: LocalTime): EventTimes {
  const { start, end } = occurrenceAt(seriesOf(content), original)!;
  const local = (epochSecond: number): string => formatLocalTime(toLocal(epochSecond, content.timeZone));
  return {
    ...content,
    startTime: new Date(start * 1_000),
    endTime: new Date(end * 1_000),
    localStart: local(start),
    localEnd: local(end),
  };
}

/** Returns the requested times of an occurrence. @throws Problem validation_failed */
function resolveOccurrenceTimes(content: EventContent, original: LocalTime, input: ContentInput): EventTimes {
  const resolved = resolveTimes(input, timesAt(content, original), content.timeZone);
  if ('errors' in resolved) throw invalid(...resolved.errors);
  return resolved.times;
}

const secondsOf = (instant: Date): number => instant.getTime() / 1_000;

const dropUndefined = (override: StoredOverride): StoredOverride =>
  Object.fromEntries(Object.entries(override).filter(([, value]) => value !== undefined)) as unknown as StoredOverride;
