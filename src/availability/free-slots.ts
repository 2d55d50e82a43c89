import { localOf, parseLocalTime, stampOf } from '../time/local-time.js';
import { TimeError } from '../time/time-error.js';
import { toInstant } from '../time/time-zone.js';
import { type EventContent, isSeries } from '../content/event-content.js';
import { seriesOf, withSeries } from '../content/series.js';
import { type Interval, MAX_OCCURRENCES, occupiedWithin } from './occupancy.js';
import { moveSeries } from '../recurrence/move.js';

const DAY = 86_400;
const QUARTER = 900;
const SLOTS = 3;
const DAYS_AHEAD = 60;
/** How far ahead of the wanted start a free slot is looked for. */
export const SUGGESTION_WINDOW = DAYS_AHEAD * DAY;

/**
 * The next three times at which the event would fit. A single event may move to any later quarter of an hour, an all-day
 * event to a later day; a series keeps its days and moves within them, and then nothing of it meets anything.
 * @param busy what the owner is busy with around the event, in any order
 */
export function freeSlots(content: EventContent, busy: Interval[]): Interval[] {
  const taken = merged(busy);
  if (isSeries(content)) return content.allDay ? [] : laterSeries(content, taken);
  return content.allDay ? laterDays(content, taken) : laterTimes(content, taken);
}

function laterTimes(content: EventContent, taken: Interval[]): Interval[] {
  const { start, end } = intervalOf(content);
  const length = end - start;
  const slots: Interval[] = [];
  for (let at = start; slots.length < SLOTS && at < start + SUGGESTION_WINDOW;) {
    const blocker = blocking(taken, { start: at, end: at + length });
    if (blocker) at = start + Math.ceil((blocker.end - start) / QUARTER) * QUARTER;
    else {
      slots.push({ start: at, end: at + length });
      at += Math.max(QUARTER, Math.ceil(length / QUARTER) * QUARTER);
    }
  }
  return slots;
}

/** Days differ in length where the clocks change. */
function laterDays({ localStart, localEnd, timeZone }: EventContent, taken: Interval[]): Interval[] {
  const first = parseLocalTime(localStart).day;
  const length = parseLocalTime(localEnd).day - first;
  const midnight = (day: number): number => toInstant({ day, second: 0 }, timeZone).epochSecond;
  const slots: Interval[] = [];
  for (let day = first; slots.length < SLOTS && day < first + DAYS_AHEAD;) {
    const slot = { start: midnight(day), end: midnight(day + length) };
    const isFree = !blocking(taken, slot);
    if (isFree) slots.push(slot);
    day += isFree ? length : 1;
  }
  return slots;
}

function laterSeries(content: EventContent, taken: Interval[]): Interval[] {
  const start = stampOf(parseLocalTime(content.localStart));
  const occurrences = occupiedWithin(content, ALWAYS, MAX_OCCURRENCES);
  // Beyond midnight the rule's days would no longer be those that were asked for.
  const leftToday = DAY - (start % DAY);
  const slots: Interval[] = [];
  for (let shift = QUARTER; slots.length < SLOTS && shift < leftToday; shift += QUARTER) {
    // Nearly what moving does, and quick: only what passes is really moved.
    const blocked = (one: Interval): boolean => !!blocking(taken, { start: one.start + shift, end: one.end + shift });
    if (occurrences.some(blocked)) continue;
    const moved = movedTo(content, start + shift);
    if (!moved || occupiedWithin(moved, ALWAYS, MAX_OCCURRENCES).some((one) => blocking(taken, one))) continue;
    slots.push(intervalOf(moved));
  }
  return slots;
}

const ALWAYS = { from: -Infinity, to: Infinity };

/** Null where the rule cannot follow. */
function movedTo(content: EventContent, start: number): EventContent | null {
  try {
    return withSeries(content, moveSeries(seriesOf(content), localOf(start)));
  } catch (error) {
    if (error instanceof TimeError) return null;
    throw error;
  }
}

const intervalOf = ({ startTime, endTime }: EventContent): Interval => ({
  start: startTime.getTime() / 1_000,
  end: endTime.getTime() / 1_000,
});

/** Intervals in order, those that touch or overlap made one. */
export function merged(intervals: Interval[]): Interval[] {
  const result: Interval[] = [];
  for (const { start, end } of [...intervals].sort((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else result.push({ start, end });
  }
  return result;
}

/** What two lists of merged intervals have in common. */
export function common(ours: Interval[], theirs: Interval[]): Interval[] {
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

/** The last of the merged intervals that overlaps; binary search. */
export function blocking(taken: Interval[], { start, end }: Interval): Interval | null {
  let low = 0;
  let high = taken.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (taken[middle]!.start < end) low = middle + 1;
    else high = middle;
  }
  const candidate = taken[low - 1];
  return candidate && candidate.end > start ? candidate : null;
}
