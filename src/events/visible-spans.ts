import { MAX_ZONE_DIFFERENCE, type ReaderWindow } from '../content/occurrences.js';
import { formatLocalTime } from '../time/local-time.js';
import { toLocal } from '../time/time-zone.js';
import type { VisibleEvents } from './visible-events.js';

export interface SpansQuery {
  window: ReaderWindow;
  /** Ids of series that are left out. */
  outside?: string[];
  /** Only single events, or only series. */
  isRecurring?: boolean;
  /** The order of the starts; null for any order. */
  order: 'ASC' | 'DESC' | null;
  /** The start and the id of the event after which the rows follow in that order. */
  after: [start: Date, id: string] | null;
  /** The number of rows that suffice; null when some of them may be rejected. */
  limit: number | null;
}

/** Returns a bound as a parameter of SQL, moved by seconds; undefined for one that is infinite. */
const instant = (bound: number, seconds = 0): Date | undefined =>
  Number.isFinite(bound) ? new Date((bound + seconds) * 1_000) : undefined;

/** Returns instants around a window, between which everything in it lies: all-day events float. */
export const boundsAround = ({ from, to }: ReaderWindow): { from?: Date; to?: Date } => ({
  from: instant(from, -MAX_ZONE_DIFFERENCE),
  to: instant(to, MAX_ZONE_DIFFERENCE),
});

/**
 * Returns a query of the events that a person sees in a window. It reads only that person's own spans: short events lie in
 * a range of starts, and of long ones and series, each person has few. Single events are exact, series only their bounds.
 * As of an earlier time, it returns only events that have had their span since then, and compares only instants: whether an
 * event lasts all day may have changed.
 */
export function selectSpans(events: VisibleEvents, query: SpansQuery): string {
  const { window, isRecurring, order, after, limit, outside = [] } = query;
  const { from, to } = boundsAround(window);
  const [fromPlace, toPlace] = [from && events.parameter(from), to && events.parameter(to)];
  const key = after && `(${events.parameter(after[0])}::timestamptz, ${events.parameter(after[1])}::uuid)`;
  const rest =
    (order ? ` ORDER BY start_time ${order}, event_id ${order}` : '') +
    (limit === null ? '' : ` LIMIT ${events.parameter(limit)}`);
  const part = (...conditions: (string | undefined)[]): string => {
    const all = [
      `v.user_id = ${events.user}`,
      events.asOf ? `v.since <= ${events.asOf}` : undefined,
      ...conditions,
      key ? `(v.start_time, v.event_id) ${order === 'DESC' ? '<' : '>'} ${key}` : undefined,
    ].filter((condition) => condition !== undefined);
    return `(SELECT v.event_id, v.start_time FROM visible_spans v WHERE ${all.join(' AND ')}${rest})`;
  };
  if (!from && !to) {
    return part(isRecurring === undefined ? undefined : isRecurring ? 'v.kind = 2' : 'v.kind < 2');
  }
  const overlaps = `v.span && tstzrange(${fromPlace ?? 'NULL'}, ${toPlace ?? 'NULL'})`;
  const isInside = outside.length === 0 ? undefined : isNoneOf(events, outside);
  if (isRecurring === true) return part('v.kind > 0', 'v.kind = 2', overlaps, isInside);
  const exact = events.asOf ? undefined : isInWindow(events, window);
  const short = part(
    'v.kind = 0',
    fromPlace && `v.start_time > ${fromPlace}::timestamptz - interval '24 hours' AND upper(v.span) > ${fromPlace}`,
    toPlace && `v.start_time < ${toPlace}`,
    exact,
  );
  const long = part(
    'v.kind > 0',
    isRecurring === false ? 'v.kind = 1' : undefined,
    overlaps,
    exact && `(v.kind = 2 OR ${exact})`,
    isInside,
  );
  return `(${short} UNION ALL ${long})`;
}

const isNoneOf = (events: VisibleEvents, ids: string[]): string =>
  `v.event_id <> ALL(${events.parameter(ids)}::uuid[])`;

/** Returns the same window as conditions of spans `v` that are looked up one by one. */
export function spanConditions(
  events: VisibleEvents,
  { window, isRecurring, outside = [] }: Pick<SpansQuery, 'window' | 'isRecurring' | 'outside'>,
): string[] {
  const conditions: string[] = [];
  const { from, to } = boundsAround(window);
  if (from || to) {
    const [fromPlace, toPlace] = [from && events.parameter(from), to && events.parameter(to)];
    conditions.push(`v.span && tstzrange(${fromPlace ?? 'NULL'}, ${toPlace ?? 'NULL'})`);
    conditions.push(`(v.kind = 2 OR ${isInWindow(events, window)})`);
  }
  if (isRecurring !== undefined) conditions.push(isRecurring ? 'v.kind = 2' : 'v.kind < 2');
  if (outside.length > 0) conditions.push(isNoneOf(events, outside));
  return conditions;
}

/**
 * Returns the condition that the span `v` of a single event overlaps a window exactly, as `overlapsWindow` says. Only events
 * near a bound are looked up: there, one that lasts all day is compared by its dates.
 */
function isInWindow(events: VisibleEvents, { from, to, zone }: ReaderWindow): string {
  const at = (bound: number, seconds = 0): string => events.parameter(instant(bound, seconds));
  const clock = (bound: number): string => events.parameter(formatLocalTime(toLocal(bound, zone!)));
  const after = from !== -Infinity && {
    inside: `upper(v.span) > ${at(from, MAX_ZONE_DIFFERENCE)}`,
    times: `e.end_time > ${at(from)}`,
    dates: zone && `e.local_end > ${clock(Math.floor(from))}`,
  };
  const before = to !== Infinity && {
    inside: `v.start_time < ${at(to, -MAX_ZONE_DIFFERENCE)}`,
    times: `e.start_time < ${at(to)}`,
    dates: zone && `e.local_start < ${clock(Math.ceil(to))}`,
  };
  const both = (read: (bound: Exclude<typeof after | typeof before, false>) => string): string =>
    [after, before]
      .flatMap((bound) => bound || [])
      .map(read)
      .join(' AND ');
  const times = both((bound) => bound.times);
  const dates = both((bound) => bound.dates ?? bound.times);
  return `(${both((bound) => bound.inside)}
    OR (SELECT CASE WHEN e.all_day THEN ${dates} ELSE ${times} END FROM events e WHERE e.id = v.event_id))`;
}
