import type { LocalTime } from '../platform/time/local-time.js';
import { type EventContent, isSeries } from './event-content.js';
import { overrideContent, seriesOf } from './event-series.js';
import { expand, type Window } from './recurrence/expand.js';

/** A half-open stretch of time in epoch seconds. */
export interface Interval {
  start: number;
  end: number;
}

const HORIZON_SECONDS = 10 * 366 * 86_400;
const MOST_OCCURRENCES = 10_000;

/** One occurrence that takes time; `original` names it in its series. */
export interface OccupiedInterval extends Interval {
  original?: LocalTime;
}

/** The last instant (epoch seconds) up to which a series is checked against others: ten years on. */
export function horizonOf(content: EventContent, now: number): number {
  return Math.max(now, content.startTime.getTime() / 1_000) + HORIZON_SECONDS;
}

/**
 * The time that an event takes from its owner: every occurrence up to the horizon, at most 10,000. Nothing for events
 * and occurrences that show as free, and for what is in the trash.
 * @param now epoch seconds
 */
export function occupiedTime(content: EventContent, now: number): OccupiedInterval[] {
  if (content.deletedAt !== null) return [];
  if (!isSeries(content)) {
    if (content.showAs === 'free') return [];
    return [{ start: content.startTime.getTime() / 1_000, end: content.endTime.getTime() / 1_000 }];
  }
  return occupiedWithin(content, { from: -Infinity, to: horizonOf(content, now) }, MOST_OCCURRENCES);
}

/** The occurrences of a series in a window (epoch seconds) that take time. */
export function occupiedWithin(content: EventContent, window: Window, limit: number): OccupiedInterval[] {
  return expand(seriesOf(content), window, limit)
    .filter(({ override }) => (overrideContent(override).showAs ?? content.showAs) === 'busy')
    .map(({ start, end, original }) => ({ start, end, original }));
}

/** PostgreSQL's text of a `tstzmultirange`. */
export function multirange(intervals: Interval[]): string {
  const text = (epochSecond: number): string => new Date(epochSecond * 1_000).toISOString();
  return `{${intervals.map(({ start, end }) => `[${text(start)},${text(end)})`).join(',')}}`;
}
