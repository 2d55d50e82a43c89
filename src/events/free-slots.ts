import { stampOf } from '../platform/time/local-time.js';
import { toLocal } from '../platform/time/time-zone.js';
import { type EventContent, isSeries } from './event-content.js';
import { type Interval, occupiedWithin } from './occupancy.js';

const DAY = 86_400;
const QUARTER = 900;
const SLOTS = 3;
/** How far ahead of the wanted start a free slot is looked for. */
export const SUGGESTION_WINDOW = 60 * DAY;
/** How many occurrences of a series must be free for a shifted start to be suggested. */
const OCCURRENCES_COMPARED = 400;

/**
 * The next three starts at which the event would fit. A single event may move to any later quarter of an hour (an all-day
 * event to a later day); a series keeps its days and moves within them.
 * @param busy what the owner is busy with around the event, in any order
 */
export function freeSlots(content: EventContent, busy: Interval[]): Interval[] {
  const taken = merged(busy);
  if (isSeries(content)) return shiftedSeries(content, taken);
  const start = content.startTime.getTime() / 1_000;
  const length = content.endTime.getTime() / 1_000 - start;
  const step = content.allDay ? DAY : QUARTER;
  const slots: Interval[] = [];
  for (let at = start; slots.length < SLOTS && at < start + SUGGESTION_WINDOW;) {
    const blocker = blocking(taken, { start: at, end: at + length });
    if (blocker) at = start + Math.ceil((blocker.end - start) / step) * step;
    else {
      slots.push({ start: at, end: at + length });
      at += Math.max(step, Math.ceil(length / step) * step);
    }
  }
  return slots;
}

function shiftedSeries(content: EventContent, taken: Interval[]): Interval[] {
  if (content.allDay) return [];
  const start = content.startTime.getTime() / 1_000;
  const occurrences = occupiedWithin(content, { from: -Infinity, to: Infinity }, OCCURRENCES_COMPARED);
  // Beyond midnight the rule's days would no longer be those that were asked for.
  const leftToday = DAY - (stampOf(toLocal(start, content.timeZone)) % DAY);
  const slots: Interval[] = [];
  for (let shift = QUARTER; slots.length < SLOTS && shift < leftToday; shift += QUARTER) {
    const moved = occurrences.map((one) => ({ start: one.start + shift, end: one.end + shift }));
    if (moved.some((one) => blocking(taken, one))) continue;
    slots.push({ start: start + shift, end: content.endTime.getTime() / 1_000 + shift });
  }
  return slots;
}

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
