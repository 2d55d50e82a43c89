import { localOf, parseLocalTime, stampOf } from '../time/local-time.js';
import { TimeError } from '../time/time-error.js';
import { toInstant } from '../time/time-zone.js';
import { type EventContent, isSeries } from '../content/event-content.js';
import { seriesOf, applySeries } from '../content/series.js';
import { type Interval, MAX_OCCURRENCES, findOccupied } from './occupancy.js';
import { TimeSlices } from '../platform/hooks/time-slices.js';
import { listDates } from '../recurrence/follow.js';
import { moveSeries } from '../recurrence/move.js';
import { printRrule } from '../recurrence/rrule-text.js';

const DAY = 86_400;
const QUARTER = 900;
const SLOTS = 3;
const DAYS_AHEAD = 60;
/** How far after the requested start free slots are searched, in seconds. */
export const SUGGESTION_WINDOW = DAYS_AHEAD * DAY;

/**
 * Returns the next three times at which the event would not conflict: later starts within sixty days, at quarters of an
 * hour, and of all-day events on later days. A series moves as a whole, so that none of its occurrences conflicts, to where
 * its rule stays as it is: the request that was refused is accepted with these times. Pure, and others are served in between.
 * @param busy the busy time of the owner around the event, in any order
 */
export async function findFreeSlots(content: EventContent, busy: Interval[]): Promise<Interval[]> {
  const busyTime = mergeIntervals(busy);
  if (isSeries(content)) return findLaterSeries(content, busyTime);
  return content.allDay ? findLaterDays(content, busyTime) : findLaterTimes(content, busyTime);
}

function findLaterTimes(content: EventContent, busyTime: Interval[]): Interval[] {
  const { start, end } = intervalOf(content);
  const length = end - start;
  const slots: Interval[] = [];
  for (let at = start; slots.length < SLOTS && at < start + SUGGESTION_WINDOW;) {
    const blocker = findBlocking(busyTime, { start: at, end: at + length });
    if (blocker) at = start + Math.ceil((blocker.end - start) / QUARTER) * QUARTER;
    else {
      slots.push({ start: at, end: at + length });
      at += Math.max(QUARTER, Math.ceil(length / QUARTER) * QUARTER);
    }
  }
  return slots;
}

/** Steps by calendar days, whose length differs where the clocks change. */
function findLaterDays({ localStart, localEnd, timeZone }: EventContent, busyTime: Interval[]): Interval[] {
  const first = parseLocalTime(localStart).day;
  const length = parseLocalTime(localEnd).day - first;
  const midnight = (day: number): number => toInstant({ day, second: 0 }, timeZone).epochSecond;
  const slots: Interval[] = [];
  for (let day = first; slots.length < SLOTS && day < first + DAYS_AHEAD;) {
    const slot = { start: midnight(day), end: midnight(day + length) };
    // A zone that crosses the date line skips a day.
    const isThere = midnight(day + 1) > slot.start;
    const isFree = isThere && !findBlocking(busyTime, slot);
    if (isFree) slots.push(slot);
    day += isFree ? length : 1;
  }
  return slots;
}

/**
 * Tries later and later starts. Each blocked one skips as far as what blocks it lasts, on the clock: a quick approximation
 * near clock changes, so a start that passes it is applied to the rule and compared exactly.
 */
async function findLaterSeries(content: EventContent, busyTime: Interval[]): Promise<Interval[]> {
  const slices = new TimeSlices();
  const start = stampOf(parseLocalTime(content.localStart));
  // Nothing blocks what comes later.
  const window = { from: -Infinity, to: busyTime.at(-1)?.end ?? -Infinity };
  const occurrences = findOccupied(content, window, MAX_OCCURRENCES);
  const step = content.allDay ? DAY : QUARTER;
  const roundUp = (shift: number): number => Math.max(1, Math.ceil(shift / step)) * step;
  const length = stampOf(parseLocalTime(content.localEnd)) - start;
  const blockedFor = (shift: number): number => {
    for (const one of occurrences) {
      const blocker = findBlocking(busyTime, { start: one.start + shift, end: one.end + shift });
      if (blocker) return blocker.end - one.start - shift;
    }
    return 0;
  };
  const slots: Interval[] = [];
  let [tries, moves] = [MAX_TRIES, MAX_MOVES];
  for (let shift = step; slots.length < SLOTS && shift < SUGGESTION_WINDOW && tries > 0 && moves > 0; tries -= 1) {
    await slices.pause();
    const next = nextStart(content, start + shift);
    if (next === null) break;
    if (next !== start + shift) {
      // Day by day: which days a rule has depends on where it begins.
      shift = Math.min(next, nextDay(start + shift)) - start;
      continue;
    }
    const blocked = blockedFor(shift);
    if (blocked > 0) {
      shift += roundUp(blocked);
      continue;
    }
    moves -= 1;
    const moved = moveTo(content, start + shift);
    const fits = moved !== null && ruleBesidesUntil(moved) === ruleBesidesUntil(content);
    const isFree = fits && !findOccupied(moved, window, MAX_OCCURRENCES).some((one) => findBlocking(busyTime, one));
    if (isFree) slots.push(intervalOf(moved));
    // Suggestions do not overlap. A rule that cannot follow to one time of a day can follow to none of that day.
    if (fits) shift += isFree ? roundUp(length) : step;
    else shift = nextDay(start + shift) - start;
  }
  return slots;
}

/** Bounds the work for a series that has no room anywhere: looking at its dates, and moving it. */
const MAX_TRIES = 200;
const MAX_MOVES = 8;

const nextDay = (stamp: number): number => Math.ceil((stamp + 1) / DAY) * DAY;

/** Returns the first start (local stamp) from one on that the rule of a series matches; null for none. */
function nextStart(content: EventContent, start: number): number | null {
  const { rule, ...series } = seriesOf(content);
  return rule ? (listDates({ ...series, rule, start: localOf(start) }, 1)[0] ?? null) : start;
}

/**
 * Returns the rule without its last date. That moves with the series, and stays in a request that is sent with another start:
 * whichever it is, the series has no occurrences that were not compared.
 */
const ruleBesidesUntil = (content: EventContent): string | null => {
  const { rule } = seriesOf(content);
  return rule && printRrule({ ...rule, until: undefined });
};

/** Moves a series to a new start (local stamp). Returns null when its rule cannot follow. */
function moveTo(content: EventContent, start: number): EventContent | null {
  try {
    return applySeries(content, moveSeries(seriesOf(content), localOf(start)));
  } catch (error) {
    if (error instanceof TimeError) return null;
    throw error;
  }
}

const intervalOf = ({ startTime, endTime }: EventContent): Interval => ({
  start: startTime.getTime() / 1_000,
  end: endTime.getTime() / 1_000,
});

/** Returns the intervals in order, with those that overlap or touch merged. Pure. */
export function mergeIntervals(intervals: Interval[]): Interval[] {
  const result: Interval[] = [];
  for (const { start, end } of [...intervals].sort((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else result.push({ start, end });
  }
  return result;
}

/** Returns the intersection of two lists of merged intervals. Pure. */
export function intersectIntervals(ours: Interval[], theirs: Interval[]): Interval[] {
  const result: Interval[] = [];
  for (let at = 0, other = 0; at < ours.length && other < theirs.length;) {
    const [a, b] = [ours[at]!, theirs[other]!];
    const [start, end] = [Math.max(a.start, b.start), Math.min(a.end, b.end)];
    if (start < end) result.push({ start, end });
    if (a.end < b.end) at += 1;
    else other += 1;
  }
  return result;
}

/** Returns what of some intervals none of the merged ones covers, merged. Pure. */
export function subtractIntervals(intervals: Interval[], covering: Interval[]): Interval[] {
  const result: Interval[] = [];
  let at = 0;
  for (const { start, end } of mergeIntervals(intervals)) {
    let from = start;
    while (at < covering.length && covering[at]!.end <= start) at += 1;
    for (let next = at; next < covering.length && covering[next]!.start < end; next += 1) {
      const covered = covering[next]!;
      if (covered.start > from) result.push({ start: from, end: covered.start });
      from = Math.max(from, covered.end);
    }
    if (from < end) result.push({ start: from, end });
  }
  return result;
}

/** Returns the last of the merged intervals that overlaps an interval, by binary search; null for none. Pure. */
export function findBlocking(busyTime: Interval[], { start, end }: Interval): Interval | null {
  let low = 0;
  let high = busyTime.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (busyTime[middle]!.start < end) low = middle + 1;
    else high = middle;
  }
  const candidate = busyTime[low - 1];
  return candidate && candidate.end > start ? candidate : null;
}
