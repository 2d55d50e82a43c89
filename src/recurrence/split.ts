import { SECONDS_IN_DAY, localOf, stampOf, type LocalStamp, type LocalTime } from '../time/local-time.js';
import { TimeError } from '../time/time-error.js';
import type { RecurrenceRule, Until } from './rule.js';
import { compileSeries, type SeriesTimes } from './series-times.js';
import type { Override, Series } from './series.js';

export type Halves = { readonly head: Series; readonly tail: Series };

/**
 * Splits a series before the occurrence with the original start `at` ("this and following"). Head and tail together
 * have exactly the occurrences of the whole series:
 *
 * - COUNT is divided (9 after the fifth: 5 and 4). Otherwise the head gets an UNTIL just before the split (the day
 *   before where possible), and the tail keeps the end of the whole series.
 * - The tail starts at the split, so its intervals stay in step. If the split is at an added date, the tail starts at
 *   the next date of the rule and includes the added date; if the rule has no more dates, the tail has no rule. If only
 *   added dates precede the split, the head has no rule, and starts at the first of them that is not excluded.
 * - Added dates, exclusions and overrides go to the half that contains their original start, however far an override
 *   moves its occurrence. Excluded dates stay excluded and count for COUNT as before.
 *
 * @param series with `added`, `excluded` and `overrides` in order of original start; otherwise `joinSeries` cannot
 * restore it exactly
 * @throws TimeError `not_an_occurrence` if no occurrence has that original start, `no_occurrence` if none precedes it;
 * both with pointer `/at`
 */
export function splitSeries(series: Series, at: LocalTime): Halves {
  const times = compileSeries(series);
  const split = stampOf(at);
  if (!times.has(split))
    throw new TimeError('not_an_occurrence', '/at', 'No occurrence of the series has this original start.');
  if (!occursBefore(times, split)) {
    throw new TimeError('no_occurrence', '/at', 'No occurrence precedes this one. Change the whole series instead.');
  }
  return divide(series, times, split);
}

/**
 * Undoes `splitSeries`: returns a series equal to the one that was split.
 * @throws TimeError `not_joinable` if head or tail changed since, so that they are no longer halves of one series
 */
export function joinSeries(head: Series, tail: Series): Series {
  // A half without a rule starts at an added date.
  const starts = [head, tail].filter(({ rule }) => !rule).map(({ start }) => start);
  const whole: Series = {
    ...head,
    start: head.rule ? head.start : tail.start,
    rule: tail.rule && head.rule ? joinRules(head.rule, tail.rule) : (head.rule ?? tail.rule),
    added: [...head.added, ...starts, ...tail.added].sort((a, b) => stampOf(a) - stampOf(b)),
    excluded: [...head.excluded, ...tail.excluded],
    overrides: [...head.overrides, ...tail.overrides],
  };
  const split = Math.min(...[tail.start, ...tail.added].map(stampOf));
  if (canonicalJson(divide(whole, compileSeries(whole), split)) !== canonicalJson({ head, tail })) {
    throw new TimeError('not_joinable', '', 'The head or the tail changed since the split.');
  }
  return whole;
}

function divide(series: Series, times: SeriesTimes, split: LocalStamp): Halves {
  const isBefore = (time: LocalTime): boolean => stampOf(time) < split;
  const isAfter = (time: LocalTime): boolean => stampOf(time) >= split;
  const overridesWhere = (where: (time: LocalTime) => boolean): Override[] =>
    series.overrides.filter(({ original }) => where(original));
  const head: Series = {
    ...series,
    added: series.added.filter(isBefore),
    excluded: series.excluded.filter(isBefore),
    overrides: overridesWhere(isBefore),
  };
  const tail: Series = {
    ...series,
    added: series.added.filter(isAfter),
    excluded: series.excluded.filter(isAfter),
    overrides: overridesWhere(isAfter),
  };

  const next = nextOfRule(times, split);
  if (series.rule && next !== null) {
    if (!startsBefore(times, split)) {
      return { head: withoutRule(head, times), tail: { ...tail, start: localOf(next) } };
    }
    const rules = splitRule(series.rule, times, split);
    return { head: { ...head, rule: rules.head }, tail: { ...tail, start: localOf(next), rule: rules.tail } };
  }
  // Only added dates are left. The first of them becomes the start of the tail.
  const [start, ...added] = tail.added;
  if (series.rule || isBefore(series.start)) {
    return { head, tail: { ...tail, start: start ?? localOf(split), rule: null, added } };
  }
  // A series without a rule may start at any of its dates.
  const rest = [...tail.added, series.start].sort((a, b) => stampOf(a) - stampOf(b));
  return { head: withoutRule(head, times), tail: { ...tail, start: rest[0]!, rule: null, added: rest.slice(1) } };
}

/** Returns true when the rule has a date before the split. */
function startsBefore(times: SeriesTimes, split: LocalStamp): boolean {
  let found = false;
  times.rule.backward(split, () => {
    found = true;
    return false;
  });
  return found;
}

/** Returns a half of added dates only: it starts at the first one that takes place. */
function withoutRule(half: Series, times: SeriesTimes): Series {
  const start = half.added.find((date) => times.has(stampOf(date)))!;
  return { ...half, start, rule: null, added: half.added.filter((date) => date !== start) };
}

function splitRule(
  rule: RecurrenceRule,
  times: SeriesTimes,
  split: LocalStamp,
): { head: RecurrenceRule; tail: RecurrenceRule } {
  if (rule.count === undefined) return { head: { ...rule, until: justBefore(times, split) }, tail: rule };
  const before = countBefore(times, split);
  return { head: { ...rule, count: before }, tail: { ...rule, count: rule.count - before } };
}

function joinRules(head: RecurrenceRule, tail: RecurrenceRule): RecurrenceRule {
  if (head.count === undefined || tail.count === undefined) return tail;
  return { ...tail, count: head.count + tail.count };
}

/** Returns the day before the split, or the second before it if the rule has earlier times on that day. */
function justBefore(times: SeriesTimes, split: LocalStamp): Until {
  const { day } = localOf(split);
  const earlierThatDay = (nextOfRule(times, day * SECONDS_IN_DAY) ?? split) < split;
  return earlierThatDay ? { form: 'local', local: localOf(split - 1) } : { form: 'date', day: day - 1 };
}

function countBefore(times: SeriesTimes, split: LocalStamp): number {
  let count = 0;
  times.rule.backward(split, () => {
    count += 1;
    return true;
  });
  return count;
}

function nextOfRule(times: SeriesTimes, from: LocalStamp): LocalStamp | null {
  let next: LocalStamp | null = null;
  times.rule.forward(from, (stamp) => {
    next = stamp;
    return false;
  });
  return next;
}

function occursBefore(times: SeriesTimes, split: LocalStamp): boolean {
  let found = times.added.some((stamp) => stamp < split && times.has(stamp));
  times.rule.backward(split, (stamp) => {
    found ||= !times.excluded.has(stamp);
    return !found;
  });
  return found;
}

/** Returns JSON that doesn't depend on the insertion order of keys. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
