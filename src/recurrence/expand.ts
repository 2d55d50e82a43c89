import { LAST_DAY } from '../time/calendar-day.js';
import { SECONDS_IN_DAY, localOf, stampOf, type LocalStamp, type LocalTime } from '../time/local-time.js';
import { compareOccurrences, overriddenOccurrence, plainOccurrence, type Occurrence } from './occurrence.js';
import { compileSeries, type SeriesTimes } from './series-times.js';
import type { Series } from './series.js';
import type { Zone } from '../time/zone.js';

export type { Occurrence } from './occurrence.js';

/** Epoch seconds, half-open. */
export type Window = { readonly from: number; readonly to: number };

/** The range in which the engine computes, in epoch seconds: the years 0 to 9999, widened for time zones. */
const EARLIEST = -62_167_305_600;
const LATEST = (LAST_DAY + 2) * SECONDS_IN_DAY;

/** Longer than any clock change (Apia once skipped a day) and shorter than the time between two clock changes. */
const SLACK = 2 * SECONDS_IN_DAY;

/**
 * Returns the first `limit` occurrences that overlap a window, in order of their start. Window and occurrences are
 * half-open: an occurrence that ends when the window begins is not listed. An occurrence of zero length belongs to the
 * window that contains its start. An override that moves an occurrence, however far, lists it at its new time only. The
 * cost depends on the length of the window, not on its distance from the start.
 * @throws TimeError `unknown_time_zone`; the series must otherwise have passed `validateSeries`
 */
export function expand(series: Series, window: Window, limit: number): Occurrence[] {
  const { from, to } = window;
  return collect(series, compileSeries(series), from, to, limit, ({ start, end }) => end > from || start >= from);
}

/** Returns the first `limit` occurrences that start in a window, in order. Like `expand`, without those that began before. */
export function expandStarts(series: Series, { from, to }: Window, limit: number): Occurrence[] {
  return collect(series, compileSeries(series), from, to, limit, ({ start }) => start >= from, 0);
}

/** Returns the first occurrence that starts after an instant (epoch seconds), or null. */
export function next(series: Series, after: number): Occurrence | null {
  const [first] = collect(series, compileSeries(series), after, Infinity, 1, ({ start }) => start > after);
  return first ?? null;
}

/** Returns the last occurrence that starts before an instant (epoch seconds), or null. */
export function previous(series: Series, before: number): Occurrence | null {
  return latestBy(series, before, (occurrence) => occurrence.start);
}

/** Returns the occurrence with an original start, wherever an override moves it; null if the series has none. */
export function occurrenceAt(series: Series, original: LocalTime): Occurrence | null {
  const times = compileSeries(series);
  const stamp = stampOf(original);
  if (!times.has(stamp)) return null;
  const override = series.overrides.find((candidate) => stampOf(candidate.original) === stamp);
  return override ? overriddenOccurrence(series, override) : plainOccurrence(series, times, stamp);
}

/**
 * Returns the original starts of the last occurrence before a local time and of the first one after it.
 * @param times the compiled series, which costs the most when it has many dates
 */
export function datesAround({ rule, added, excluded }: SeriesTimes, local: LocalTime): LocalTime[] {
  const around = stampOf(local);
  const isHeld = (stamp: LocalStamp): boolean => !excluded.has(stamp);
  let [before, after]: (LocalStamp | undefined)[] = [undefined, undefined];
  rule.backward(around, (stamp) => {
    if (isHeld(stamp)) before = stamp;
    return before === undefined;
  });
  rule.forward(around + 1, (stamp) => {
    if (isHeld(stamp)) after = stamp;
    return after === undefined;
  });
  const held = added.filter(isHeld);
  const befores = [before, ...held.filter((stamp) => stamp < around)].filter((stamp) => stamp !== undefined);
  const afters = [after, ...held.filter((stamp) => stamp > around)].filter((stamp) => stamp !== undefined);
  return [Math.max(...befores), Math.min(...afters)].filter(Number.isFinite).map(localOf);
}

/** Counts all occurrences. Returns null for a series without an end. */
export function count(series: Series): number | null {
  const { rule, added, excluded } = compileSeries(series);
  const fromRule = rule.count();
  if (fromRule === null) return null;
  const isAdded = new Set(added);
  const addedBesideRule = added.filter((stamp) => !rule.has(stamp)).length;
  const effectivelyExcluded = [...excluded].filter((stamp) => isAdded.has(stamp) || rule.has(stamp)).length;
  return fromRule + addedBesideRule - effectivelyExcluded;
}

/**
 * Returns the first start and the last end of a series (epoch seconds); the end is null for a series without an end.
 * Returns null if every occurrence is excluded.
 */
export function bounds(series: Series): { start: number; end: number | null } | null {
  const first = next(series, EARLIEST);
  if (!first) return null;
  if (compileSeries(series).rule.endless) return { start: first.start, end: null };
  return { start: first.start, end: latestBy(series, Infinity, ({ end }) => end)!.end };
}

/**
 * Collects the occurrences of the rule, the added dates and the overrides one after another, and merges them.
 * @param before how long before the window an occurrence that is wanted may start, in seconds
 */
function collect(
  series: Series,
  times: SeriesTimes,
  from: number,
  to: number,
  limit: number,
  accepts: (occurrence: Occurrence) => boolean,
  before = longestOf(series),
): Occurrence[] {
  if (limit <= 0) return [];
  const overridden = overriddenStamps(series);
  const found: Occurrence[] = [];

  const longest = longestOf(series);
  const firstStamp = times.zone.toStamp(clampToRange(from)) - before - slackAround(from, times.zone, longest);
  let settled = 0;
  let inOrder = true;
  times.rule.forward(firstStamp, (stamp) => {
    if (times.excluded.has(stamp) || overridden.has(stamp)) return true;
    const occurrence = plainOccurrence(series, times, stamp);
    if (occurrence.start >= to) return occurrence.adjusted;
    if (!accepts(occurrence)) return true;
    found.push(occurrence);
    // An occurrence that was moved out of a gap may start after a later one. Any other occurrence is in order.
    if (occurrence.adjusted) inOrder = false;
    else settled += 1;
    return settled < limit;
  });

  const listed = new Set(times.added.length > 0 ? found.map(({ original }) => stampOf(original)) : []);
  const others = times.added
    .filter((stamp) => !listed.has(stamp) && !overridden.has(stamp) && !times.excluded.has(stamp))
    .map((stamp) => plainOccurrence(series, times, stamp))
    .concat(series.overrides.map((override) => overriddenOccurrence(series, override)))
    .filter((occurrence) => occurrence.start < to && accepts(occurrence))
    .filter(({ original, override }) => override === undefined || times.has(stampOf(original)));
  if (inOrder && others.length === 0) return found;
  return found.concat(others).sort(compareOccurrences).slice(0, limit);
}

/** Returns the occurrence with the greatest `measure` among those that start before an instant. */
function latestBy(series: Series, before: number, measure: (occurrence: Occurrence) => number): Occurrence | null {
  const times = compileSeries(series);
  const overridden = overriddenStamps(series);
  const isPlain = (stamp: LocalStamp): boolean => !times.excluded.has(stamp) && !overridden.has(stamp);
  const candidates: Occurrence[] = [];

  // Backwards, an occurrence that was moved out of a gap may still start after some already visited, within the slack.
  let lowerBound = -Infinity;
  times.rule.backward(times.zone.toStamp(clampToRange(before)) + slackAround(before, times.zone, 0), (stamp) => {
    if (!isPlain(stamp)) return true;
    if (stamp <= lowerBound) return false;
    const occurrence = plainOccurrence(series, times, stamp);
    if (occurrence.start >= before) return true;
    candidates.push(occurrence);
    if (lowerBound === -Infinity) lowerBound = stamp - slackAround(occurrence.start, times.zone, longestOf(series));
    return stamp > lowerBound;
  });

  candidates.push(...times.added.filter(isPlain).map((stamp) => plainOccurrence(series, times, stamp)));
  candidates.push(
    ...series.overrides
      .filter(({ original }) => times.has(stampOf(original)))
      .map((override) => overriddenOccurrence(series, override)),
  );
  return candidates
    .filter(({ start }) => start < before)
    .reduce<Occurrence | null>((best, found) => (best && measure(best) >= measure(found) ? best : found), null);
}

function longestOf({ duration }: Series): number {
  return duration.days * SECONDS_IN_DAY + duration.seconds;
}

function overriddenStamps(series: Series): ReadonlySet<LocalStamp> {
  return new Set(series.overrides.map(({ original }) => stampOf(original)));
}

/** Returns how far around an instant (seconds) the order of wall-clock times may differ from the order of instants. */
function slackAround(epochSecond: number, zone: Zone, longest: number): number {
  const offsetAt = (instant: number): number => zone.toStamp(instant) - instant;
  const middle = clampToRange(epochSecond);
  const steady = longest < SECONDS_IN_DAY && offsetAt(middle - SLACK) === offsetAt(middle + SLACK);
  return steady ? 0 : SLACK;
}

function clampToRange(epochSecond: number): number {
  return Math.min(Math.max(epochSecond, EARLIEST), LATEST);
}
