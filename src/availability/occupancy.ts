import type { LocalTime } from '../time/local-time.js';
import { type EventContent, isSeries } from '../content/event-content.js';
import { overrideContent, seriesOf } from '../content/series.js';
import { expand, next, type Window } from '../recurrence/expand.js';

/** A half-open stretch of time in epoch seconds. */
export interface Interval {
  start: number;
  end: number;
}

/** One occurrence that takes time; `original` names it in its series. */
export interface OccupiedInterval extends Interval {
  original?: LocalTime;
}

/** The time that an event takes from its owner. */
export interface Occupancy {
  busy: OccupiedInterval[];
  /** Epoch seconds up to which a series was expanded; null when `busy` is all there is. */
  until: number | null;
}

/** How far back the time of a series is known that is too long to be known whole. */
export const YEAR_SECONDS = 366 * 86_400;
const HORIZON_SECONDS = 10 * YEAR_SECONDS;
/** Of one series, as far as they are noted and compared. */
export const MAX_OCCURRENCES = 10_000;

/**
 * Every occurrence up to ten years after now or after the start. Of a series with more than 10,000 of them, the 10,000
 * from a year ago on. Nothing for events and occurrences that show as free, and for what is in the trash.
 * @param now epoch seconds
 */
export function occupancyOf(content: EventContent, now: number): Occupancy {
  if (content.deletedAt !== null || !occupiesAny(content)) return { busy: [], until: null };
  const start = content.startTime.getTime() / 1_000;
  if (!isSeries(content)) return { busy: [{ start, end: content.endTime.getTime() / 1_000 }], until: null };
  const horizon = Math.max(now, start) + HORIZON_SECONDS;
  const all = expand(seriesOf(content), { from: -Infinity, to: horizon }, MAX_OCCURRENCES + 1);
  // Of a long series that began long ago the coming years matter.
  const from = all.length > MAX_OCCURRENCES ? Math.max(start, now - YEAR_SECONDS) : -Infinity;
  const found = from === -Infinity ? all : expand(seriesOf(content), { from, to: horizon }, MAX_OCCURRENCES);
  const full = found.length === MAX_OCCURRENCES;
  const reached = full ? found.at(-1)!.start : horizon;
  return { busy: taking(found, content), until: next(seriesOf(content), reached) ? reached : null };
}

/** An occurrence occupies time when it shows as busy and is not cancelled. */
const occupies = ({ showAs, status }: Pick<EventContent, 'showAs' | 'status'>): boolean =>
  showAs === 'busy' && status !== 'cancelled';

/** Returns false when neither the event nor an occurrence of it occupies time. */
const occupiesAny = (content: EventContent): boolean =>
  [{}, ...content.overrides].some((override) => occupies({ ...content, ...override }));

/** The occurrences of a series in a window (epoch seconds) that take time. */
export function occupiedWithin(content: EventContent, window: Window, limit: number): OccupiedInterval[] {
  return taking(expand(seriesOf(content), window, limit), content);
}

function taking(occurrences: ReturnType<typeof expand>, content: EventContent): OccupiedInterval[] {
  return occurrences
    .filter(({ override }) => occupies({ ...content, ...overrideContent(override) }))
    .map(({ start, end, original }) => ({ start, end, original }));
}

/** PostgreSQL's text of a `tstzmultirange`. */
export function multirange(intervals: Interval[]): string {
  const text = (epochSecond: number): string => new Date(epochSecond * 1_000).toISOString();
  return `{${intervals.map(({ start, end }) => `[${text(start)},${text(end)})`).join(',')}}`;
}

const SLOT = 1_800;
const SLOTS_IN_WEEK = 336;
const ONE = '1'.charCodeAt(0);

/**
 * The half hours of the week (UTC) in which something is, as PostgreSQL's text of a bit string: what shares none of them
 * doesn't overlap.
 */
export function weekMask(intervals: Interval[]): string {
  const bits = Buffer.alloc(SLOTS_IN_WEEK, '0');
  for (const { start, end } of intervals) {
    const first = Math.floor(start / SLOT);
    const last = Math.min(Math.floor((end - 1) / SLOT), first + SLOTS_IN_WEEK - 1);
    for (let slot = first; slot <= last; slot += 1)
      bits[((slot % SLOTS_IN_WEEK) + SLOTS_IN_WEEK) % SLOTS_IN_WEEK] = ONE;
  }
  return bits.toString('latin1');
}
