import type { VisibleEvents } from './visible-events.js';

export interface SpansQuery {
  from?: Date;
  to?: Date;
  /** Where the window really begins, when `from` is earlier for the sake of all-day events, which float. */
  exactFrom?: Date;
  /** Only single events, or only series. */
  isRecurring?: boolean;
  /** The order of the starts; null for any order. */
  order: 'ASC' | 'DESC' | null;
  /** The start and the id of the event after which the rows follow in that order. */
  after: [start: Date, id: string] | null;
  /** The number of rows that suffice; null when some of them may be rejected. */
  limit: number | null;
}

/**
 * Returns a query of the events that a person sees in a window. It reads only that person's own spans: short events lie in
 * a range of starts, and of long ones and series, each person has few.
 */
export function selectSpans(events: VisibleEvents, query: SpansQuery): string {
  const { from, to, exactFrom, isRecurring, order, after, limit } = query;
  const [fromPlace, toPlace] = [from && events.parameter(from), to && events.parameter(to)];
  const key = after && `(${events.parameter(after[0])}::timestamptz, ${events.parameter(after[1])}::uuid)`;
  const rest =
    (order ? ` ORDER BY start_time ${order}, event_id ${order}` : '') +
    (limit === null ? '' : ` LIMIT ${events.parameter(limit)}`);
  const part = (...conditions: (string | undefined)[]): string => {
    const all = [
      `user_id = ${events.user}`,
      ...conditions,
      key ? `(start_time, event_id) ${order === 'DESC' ? '<' : '>'} ${key}` : undefined,
    ].filter((condition) => condition !== undefined);
    return `(SELECT event_id, start_time FROM visible_spans WHERE ${all.join(' AND ')}${rest})`;
  };
  if (!from && !to) {
    return part(isRecurring === undefined ? undefined : isRecurring ? 'kind = 2' : 'kind < 2');
  }
  const overlaps = `span && tstzrange(${fromPlace ?? 'NULL'}, ${toPlace ?? 'NULL'})`;
  const long = part('kind > 0', isRecurring === undefined ? undefined : `kind = ${isRecurring ? 2 : 1}`, overlaps);
  if (isRecurring === true) return long;
  const short = part(
    'kind = 0',
    fromPlace && `start_time > ${fromPlace}::timestamptz - interval '24 hours' AND upper(span) > ${fromPlace}`,
    toPlace && `start_time < ${toPlace}`,
    // Else a page would begin with the events of a whole day that are not in the window.
    exactFrom &&
      `(upper(span) > ${events.parameter(exactFrom)} OR (SELECT e.all_day FROM events e WHERE e.id = event_id))`,
  );
  return `(${short} UNION ALL ${long})`;
}

/** Returns the same window as conditions of spans `v` that are looked up one by one. */
export function spanConditions(
  events: VisibleEvents,
  { from, to, isRecurring }: Pick<SpansQuery, 'from' | 'to' | 'isRecurring'>,
): string[] {
  const conditions: string[] = [];
  if (from || to) {
    const [fromPlace, toPlace] = [from && events.parameter(from), to && events.parameter(to)];
    conditions.push(`v.span && tstzrange(${fromPlace ?? 'NULL'}, ${toPlace ?? 'NULL'})`);
  }
  if (isRecurring !== undefined) conditions.push(isRecurring ? 'v.kind = 2' : 'v.kind < 2');
  return conditions;
}
