import { type FieldError, invalid, notFound } from '../platform/http/problem.js';
import { formatLocalTime, type LocalTime, parseLocalTime } from '../platform/time/local-time.js';
import { TimeError } from '../platform/time/time-error.js';
import { toLocal } from '../platform/time/time-zone.js';
import { durationOf, type EventContent, isSeries, type StoredOverride } from './event-content.js';
import type { ContentInput } from './event-draft.js';
import { fieldError } from './event-recurrence.js';
import { seriesOf, withSeries } from './event-series.js';
import { readLocalStart, resolveTimes } from './event-times.js';
import { count, occurrenceAt } from './recurrence/expand.js';
import { durationBetween } from './recurrence/series.js';
import { splitSeries } from './recurrence/split.js';
import { validateSeries } from './recurrence/validate.js';

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
  const local = readLocalStart(text, content);
  if (local === null) {
    throw invalid({
      pointer: '/query/occurrence',
      code: 'not_an_instant',
      message: 'Must be the start of an occurrence.',
    });
  }
  const original = parseLocalTime(local);
  if (!occurrenceAt(seriesOf(content), original)) throw notFound();
  return original;
}

/** The series without one occurrence; null when none would be left. */
export function withoutOccurrence(content: EventContent, original: LocalTime): EventContent | null {
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
  const texts = {
    title: differing(input.title ?? before.title, content.title),
    description: differing(cleared(input.description, before.description), content.description),
    location: differing(cleared(input.location, before.location), content.location),
    showAs: differing(input.show_as ?? before.showAs, content.showAs),
  };
  const override: StoredOverride = { original: name, ...overrideTimes(content, original, before, input), ...texts };
  const said = Object.fromEntries(
    Object.entries(override).filter(([, value]) => value !== undefined),
  ) as StoredOverride;
  const others = content.overrides.filter((other) => other.original !== name);
  const overrides = Object.keys(said).length > 1 ? [...others, said] : others;
  overrides.sort((a, b) => (a.original < b.original ? -1 : 1));
  return checked({ ...content, overrides });
}

/**
 * Moves a whole series by giving one of its occurrences new times: all occurrences move as that one does.
 * @returns the input with the times of the series' start in place of those of the occurrence
 */
export function timesOfSeries(content: EventContent, original: LocalTime, input: ContentInput): ContentInput {
  if (input.start_time === undefined && input.end_time === undefined) return input;
  const occurrence = occurrenceAt(seriesOf(content), original)!;
  const at = (epochSecond: number): { instant: Date; local: string } => ({
    instant: new Date(epochSecond * 1_000),
    local: formatLocalTime(toLocal(epochSecond, content.timeZone)),
  });
  const [start, end] = [at(occurrence.start), at(occurrence.end)];
  const current = {
    ...content,
    startTime: start.instant,
    endTime: end.instant,
    localStart: start.local,
    localEnd: end.local,
  };
  const resolved = resolveTimes(input, current, content.timeZone);
  if ('errors' in resolved) throw invalid(...resolved.errors);
  const { times } = resolved;
  const shift = stamp(times.localStart) - stamp(start.local);
  const newStart = shiftLocal(content.localStart, shift);
  const newEnd = shiftLocal(newStart, stamp(times.localEnd) - stamp(times.localStart));
  const wire = (local: string): string => (times.allDay ? local.slice(0, 10) : local);
  return { ...input, start_time: wire(newStart), end_time: wire(newEnd) };
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
  const occurrence = occurrenceAt(seriesOf(content), original)!;
  const local = (epochSecond: number): string => formatLocalTime(toLocal(epochSecond, content.timeZone));
  const current = {
    ...content,
    startTime: new Date(occurrence.start * 1_000),
    endTime: new Date(occurrence.end * 1_000),
    localStart: local(occurrence.start),
    localEnd: local(occurrence.end),
  };
  const resolved = resolveTimes(input, current, content.timeZone);
  if ('errors' in resolved) throw invalid(...resolved.errors);
  const { startTime, endTime, localStart } = resolved.times;
  const duration = durationBetween(startTime.getTime() / 1_000, endTime.getTime() / 1_000, content.timeZone);
  const usual = durationOf(content);
  const sameDuration = duration.days === usual.days && duration.seconds === usual.seconds;
  return {
    start: differing(localStart, formatLocalTime(original)),
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

const stamp = (local: string): number => {
  const { day, second } = parseLocalTime(local);
  return day * 86_400 + second;
};

function shiftLocal(local: string, seconds: number): string {
  const shifted = stamp(local) + seconds;
  const day = Math.floor(shifted / 86_400);
  return formatLocalTime({ day, second: shifted - day * 86_400 });
}
