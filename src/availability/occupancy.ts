import { formatInstant } from '../time/instant.js';
import type { LocalTime } from '../time/local-time.js';
import { type EventContent, isSeries } from '../content/event-content.js';
import { overrideContent, seriesOf } from '../content/series.js';
import { expand, expandStarts, next, type Window } from '../recurrence/expand.js';

/** A half-open interval of time in epoch seconds. */
export interface Interval {
  start: number;
  end: number;
}

/** One occurrence that occupies time. `original` names it in its series. */
export interface OccupiedInterval extends Interval {
  original?: LocalTime;
}

/** The time that an event occupies. */
export interface Occupancy {
  busy: OccupiedInterval[];
  /** Epoch seconds up to which a series was expanded; null when `busy` is complete. */
  until: number | null;
  /** Epoch seconds up to which conflicts are refused; null when `busy` is complete. */
  horizon: number | null;
}

/** Returns true for a series with so many occurrences that `busy` ends before the horizon. */
export const isCut = ({ until, horizon }: Occupancy): boolean => until !== null && until < horizon!;

/** How far back the occupancy of a series with too many occurrences begins. */
export const YEAR_SECONDS = 366 * 86_400;
const HORIZON_SECONDS = 10 * YEAR_SECONDS;
/** Largest number of occurrences of one series that are stored and compared. */
export const MAX_OCCURRENCES = 10_000;

/**
 * Returns the time that every occurrence occupies up to ten years after now or after the start. For a series with more
 * than 10,000 occurrences until then, the result covers 10,000 from a year ago on. Events and occurrences that are
 * shown as free or cancelled, and events in the trash, occupy no time. Pure.
 * @param now epoch seconds
 */
export function occupancyOf(content: EventContent, now: number): Occupancy {
  if (content.deletedAt !== null || !occupiesAny(content)) return complete([]);
  const start = content.startTime.getTime() / 1_000;
  if (!isSeries(content)) return complete([{ start, end: content.endTime.getTime() / 1_000 }]);
  const horizon = Math.max(now, start) + HORIZON_SECONDS;
  const all = expand(seriesOf(content), { from: -Infinity, to: horizon }, MAX_OCCURRENCES + 1);
  // For a long series that began long ago, the coming years matter.
  const from = all.length > MAX_OCCURRENCES ? Math.max(start, now - YEAR_SECONDS) : -Infinity;
  const isWhole = from === -Infinity || from <= all[0]!.start;
  const found = isWhole
    ? all.slice(0, MAX_OCCURRENCES)
    : expand(seriesOf(content), { from, to: horizon }, MAX_OCCURRENCES);
  const full = found.length === MAX_OCCURRENCES;
  const reached = full ? found.at(-1)!.start : horizon;
  const busy = selectOccupying(found, content);
  return next(seriesOf(content), reached) ? { busy, until: reached, horizon } : complete(busy);
}

const complete = (busy: OccupiedInterval[]): Occupancy => ({ busy, until: null, horizon: null });

/** Longer than the stored occupancy of a series that never ends may lag behind that of a new one. */
const NIGHTLY_SLACK = 100 * 86_400;

/**
 * Returns up to when an event is compared with series that continue after their stored occupancy (epoch seconds). That of
 * all endless series ends at nearly the same day: the nightly job reports the conflicts of two of them after it. What ends
 * is compared to its end. Pure.
 * @param end of the last time that the event occupies
 */
export const comparedUntil = ({ until }: Pick<Occupancy, 'until'>, end: number): number =>
  until === null ? end : end - NIGHTLY_SLACK;

/** Returns true for an event or occurrence that is shown as busy and not cancelled. */
const occupies = ({ showAs, status }: Pick<EventContent, 'showAs' | 'status'>): boolean =>
  showAs === 'busy' && status !== 'cancelled';

/** Returns true when an occurrence with an override occupies time. Asked for thousands: it copies nothing. */
const occupiesAs = (
  content: EventContent,
  { showAs = content.showAs, status = content.status }: Partial<EventContent>,
): boolean => occupies({ showAs, status });

/** Returns true when the event or one of its overrides occupies time. */
const occupiesAny = (content: EventContent): boolean =>
  occupies(content) || content.overrides.some((override) => occupiesAs(content, override));

/** Returns the occurrences of a series in a window (epoch seconds) that occupy time. Pure. */
export function findOccupied(content: EventContent, window: Window, limit: number): OccupiedInterval[] {
  return selectOccupying(expand(seriesOf(content), window, limit), content);
}

/** Returns the occurrences of a series that start in a window (epoch seconds) and occupy time. Pure. */
export function findOccupiedStarts(content: EventContent, window: Window, limit: number): OccupiedInterval[] {
  return selectOccupying(expandStarts(seriesOf(content), window, limit), content);
}

function selectOccupying(occurrences: ReturnType<typeof expand>, content: EventContent): OccupiedInterval[] {
  return occurrences
    .filter(({ override }) => occupiesAs(content, overrideContent(override)))
    .map(({ start, end, original }) => ({ start, end, original }));
}

/** Returns the text of a PostgreSQL `tstzmultirange`. */
export function toMultirange(intervals: Interval[]): string {
  const text = (epochSecond: number): string => formatInstant(new Date(epochSecond * 1_000));
  return `{${intervals.map(({ start, end }) => `[${text(start)},${text(end)})`).join(',')}}`;
}

const SLOT = 1_800;
const SLOTS_IN_WEEK = 336;
const ONE = '1'.charCodeAt(0);

/**
 * Half hours of the week (UTC), as a PostgreSQL bit string: intervals that touch none of the same do not overlap.
 */
export class WeekMask {
  private readonly bits = Buffer.alloc(SLOTS_IN_WEEK, '0');

  /** Marks the half hours that an interval touches. */
  add({ start, end }: Interval): void {
    const first = Math.floor(start / SLOT);
    const last = Math.min(Math.floor((end - 1) / SLOT), first + SLOTS_IN_WEEK - 1);
    for (let slot = first; slot <= last; slot += 1)
      this.bits[((slot % SLOTS_IN_WEEK) + SLOTS_IN_WEEK) % SLOTS_IN_WEEK] = ONE;
  }

  toString(): string {
    return this.bits.toString('latin1');
  }
}

/** Returns the half hours of the week that the intervals touch. Pure. */
export function toWeekMask(intervals: Interval[]): string {
  const mask = new WeekMask();
  for (const interval of intervals) mask.add(interval);
  return mask.toString();
}
