import { type FieldError, invalid, notFound } from '../problems/problem.js';
import {
  formatLocalDate,
  formatLocalTime,
  localOf,
  type LocalTime,
  parseLocalTime,
  stampOf,
} from '../time/local-time.js';
import { TimeError } from '../time/time-error.js';
import { toInstant, toLocal } from '../time/time-zone.js';
import { durationOf, type EventContent, isSeries } from './event-content.js';
import { wireInstant } from './wire.js';
import { camelCase } from './columns.js';
import { OCCURRENCE_FIELDS, plainFieldOf, type StoredOverride } from './fields.js';
import type { ContentInput } from './draft.js';
import { fieldError } from './draft-recurrence.js';
import { seriesOf, withSeries } from './series.js';
import { type EventTimes, readLocalStarts, resolveTimes } from './draft-times.js';
import { count, occurrenceAt } from '../recurrence/expand.js';
import { endOf } from '../recurrence/series.js';
import { splitSeries } from '../recurrence/split.js';
import { validateSeries } from '../recurrence/validate.js';

/** How much of a series an edit is meant for. */
export const SCOPES = ['this', 'following', 'all'] as const;
export type Scope = (typeof SCOPES)[number];

/** Fields that belong to the series as a whole. */
const OF_SERIES = ['time_zone', 'all_day', 'is_recurring', 'recurrence_pattern', 'excluded', 'added'] as const;

/**
 * The original local start that a client named, by instant or wall time.
 * @throws Problem validation_failed when it is no time, not_found when the event has no such occurrence
 */
export function findOriginal(content: EventContent, text: string): LocalTime {
  const starts = readLocalStarts(text, content);
  if (starts.length === 0) {
    throw invalid({
      pointer: '/query/occurrence',
      code: 'not_an_instant',
      message: 'Must be the start of an occurrence.',
    });
  }
  const series = seriesOf(content);
  const original = starts.map(parseLocalTime).find((start) => occurrenceAt(series, start));
  if (!original) throw notFound();
  return original;
}

/** What is left of an event when a part of it is taken away; null for nothing. */
export function without(content: EventContent, original: LocalTime, scope: Scope): EventContent | null {
  if (scope === 'this') return withoutOccurrence(content, original);
  return scope === 'following' ? (halves(content, original)?.head ?? null) : null;
}

function withoutOccurrence(content: EventContent, original: LocalTime): EventContent | null {
  const name = formatLocalTime(original);
  if (!isSeries(content) || count(seriesOf(content)) === 1) return null;
  return {
    ...content,
    excluded: [...content.excluded, name].sort(),
    overrides: content.overrides.filter((override) => override.original !== name),
  };
}

/**
 * Gives one occurrence values of its own. Values equal to those of the series are not kept; an override that says nothing
 * disappears.
 * @throws Problem validation_failed for fields that belong to the whole series, and for impossible times
 */
export function overrideOccurrence(content: EventContent, original: LocalTime, input: ContentInput): EventContent {
  const errors: FieldError[] = OF_SERIES.filter((field) => input[field] !== undefined).map((field) => ({
    pointer: `/${field}`,
    code: 'not_allowed',
    message: 'Belongs to the whole series; use scope=all or scope=following.',
  }));
  if (errors.length > 0) throw invalid(...errors);

  const name = formatLocalTime(original);
  const before = content.overrides.find((override) => override.original === name) ?? { original: name };
  const values = OCCURRENCE_FIELDS.map((field) => {
    const property = camelCase(field);
    const { nullable } = plainFieldOf(field).column;
    const given = nullable ? cleared(input[field], before[property]) : (input[field] ?? before[property]);
    return [property, differing(given, content[property])];
  });
  const override = definedOnly({
    original: name,
    ...overrideTimes(content, original, before, input),
    ...Object.fromEntries(values),
  });
  const others = content.overrides.filter((other) => other.original !== name);
  const overrides = Object.keys(override).length > 1 ? [...others, override] : others;
  overrides.sort((a, b) => (a.original < b.original ? -1 : 1));
  return checked({ ...content, overrides });
}

/**
 * An edit of a whole series that was requested of one of its occurrences: all move as that one does, and it becomes just what
 * was said, whatever it had of its own.
 * @returns the content to edit, and the input with the times of the series' start in place of those of the occurrence
 */
export function throughOccurrence(
  content: EventContent,
  original: LocalTime,
  input: ContentInput,
): { content: EventContent; input: ContentInput } {
  const moves = input.start_time !== undefined || input.end_time !== undefined;
  const requested = moves ? timesOf(content, original, input) : null;
  const named = formatLocalTime(original);
  const overrides = content.overrides.flatMap((override) => {
    if (override.original !== named) return [override];
    const { start, duration } = override;
    const values = OCCURRENCE_FIELDS.filter((field) => input[field] === undefined).map((field) => {
      const property = camelCase(field);
      return [property, override[property]];
    });
    const left = definedOnly({
      original: named,
      start:
        requested && start !== undefined
          ? formatLocalTime(toLocal(secondsOf(requested.startTime), content.timeZone))
          : start,
      duration: requested ? undefined : duration,
      ...Object.fromEntries(values),
    });
    return Object.keys(left).length > 1 ? [left] : [];
  });
  return {
    content: { ...content, overrides },
    input: requested ? { ...input, ...timesOfSeries(content, original, requested) } : input,
  };
}

/** The new start and end of the series when one of its occurrences is to take place at these times. */
function timesOfSeries(content: EventContent, original: LocalTime, requested: EventTimes): ContentInput {
  const { localStart: present } = timesAt(content, original);
  const start = localOf(
    stampOf(parseLocalTime(content.localStart)) +
      stampOf(parseLocalTime(requested.localStart)) -
      stampOf(parseLocalTime(present)),
  );
  if (requested.allDay) {
    const days = parseLocalTime(requested.localEnd).day - parseLocalTime(requested.localStart).day;
    const end = { day: start.day + days, second: 0 };
    return { start_time: formatLocalDate(start), end_time: formatLocalDate(end) };
  }
  const end = endOf(toInstant(start, requested.timeZone).epochSecond, durationOf(requested), requested.timeZone);
  return { start_time: formatLocalTime(start), end_time: wireInstant(new Date(end * 1_000)) };
}

/** Splits before an occurrence: the head ends, the tail begins there. Null when nothing comes before it. */
export function halves(content: EventContent, original: LocalTime): { head: EventContent; tail: EventContent } | null {
  try {
    const { head, tail } = splitSeries(seriesOf(content), original);
    return { head: withSeries(content, head), tail: withSeries(content, tail) };
  } catch (error) {
    if (error instanceof TimeError && error.code === 'no_occurrence') return null;
    throw error;
  }
}

/** Absent values stay; what equals the series is left to it. */
const differing = <T>(value: T | undefined, ofSeries: T): T | undefined => (value === ofSeries ? undefined : value);

const cleared = (given: string | null | undefined, before: string | null | undefined): string | null | undefined =>
  given === undefined ? before : given || null;

function overrideTimes(
  content: EventContent,
  original: LocalTime,
  before: StoredOverride,
  input: ContentInput,
): Pick<StoredOverride, 'start' | 'duration'> {
  if (input.start_time === undefined && input.end_time === undefined) {
    return { start: before.start, duration: before.duration };
  }
  const requested = timesOf(content, original, input);
  const unmoved = requested.localStart === timesAt(content, original).localStart;
  const [duration, usual] = [durationOf(requested), durationOf(content)];
  const sameDuration = duration.days === usual.days && duration.seconds === usual.seconds;
  return {
    start: unmoved ? before.start : differing(requested.localStart, formatLocalTime(original)),
    duration: sameDuration ? undefined : duration,
  };
}

function checked(content: EventContent): EventContent {
  try {
    validateSeries(seriesOf(content));
    return content;
  } catch (error) {
    throw invalid({ ...fieldError(error, '', content), pointer: '/start_time' });
  }
}

/** When an occurrence takes place now, overridden or not. */
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

/** When it is to take place. @throws Problem validation_failed */
function timesOf(content: EventContent, original: LocalTime, input: ContentInput): EventTimes {
  const resolved = resolveTimes(input, timesAt(content, original), content.timeZone);
  if ('errors' in resolved) throw invalid(...resolved.errors);
  return resolved.times;
}

const secondsOf = (instant: Date): number => instant.getTime() / 1_000;

const definedOnly = (override: StoredOverride): StoredOverride =>
  Object.fromEntries(Object.entries(override).filter(([, value]) => value !== undefined)) as unknown as StoredOverride;
