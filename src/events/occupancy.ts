import type { EventContent } from './event-content.js';
import { seriesOf } from './event-recurrence.js';
import { expand } from './recurrence/expand.js';

/** A half-open stretch of time in epoch seconds. */
export interface Interval {
  start: number;
  end: number;
}

const HORIZON_SECONDS = 10 * 366 * 86_400;
const MOST_OCCURRENCES = 10_000;

/**
 * The time that an event takes from its owner: every occurrence up to ten years after now or after its start, at most
 * 10,000. Nothing for events that show as free and for those in the trash.
 * @param now epoch seconds
 */
export function occupiedTime(content: EventContent, now: number): Interval[] {
  if (content.showAs === 'free' || content.deletedAt !== null) return [];
  const start = content.startTime.getTime() / 1_000;
  if (content.rrule === null) return [{ start, end: content.endTime.getTime() / 1_000 }];
  const window = { from: Number.MIN_SAFE_INTEGER, to: Math.max(now, start) + HORIZON_SECONDS };
  return expand(seriesOf(content), window, MOST_OCCURRENCES).map(({ start, end }) => ({ start, end }));
}

/** PostgreSQL's text of a `tstzmultirange`. */
export function multirange(intervals: Interval[]): string {
  const text = (epochSecond: number): string => new Date(epochSecond * 1_000).toISOString();
  return `{${intervals.map(({ start, end }) => `[${text(start)},${text(end)})`).join(',')}}`;
}
