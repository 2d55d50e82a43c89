import type { VisibleEvents } from './visible-events.js';

export interface SpansQuery {
  from?: Date;
  to?: Date;
  /** Only single events, or only series. */
  isRecurring?: boolean;
  descending: boolean;
  /** The start and the id of the event after which the rows follow. */
  after: [start: Date, id: string] | null;
  /** The number of rows that suffice; null when the statement has other conditions, which may reject some. */
  limit: number | null;
}

/**
 * Returns a query of the events that a person sees in a window, in the order of their starts. It reads only that person's
 * own spans: short events lie in a range of starts, and of long ones and series, each person has few.
 */
export function selectSpans(events: VisibleEvents, user: string, query: SpansQuery): string {
  const { from, to, isRecurring, descending, after, limit } = query;
  const direction = descending ? 'DESC' : 'ASC';
  const [fromPlace, toPlace] = [from && events.parameter(from), to && events.parameter(to)];
  const key = after && `(${events.parameter(after[0])}::timestamptz, ${events.parameter(after[1])}::uuid)`;
  const place = limit === null ? null : events.parameter(limit);
  const part = (...conditions: (string | undefined)[]): string => {
    const all = [
      `user_id = ${user}`,
      ...conditions,
      key ? `(start_time, event_id) ${descending ? '<' : '>'} ${key}` : undefined,
    ].filter((condition) => condition !== undefined);
    const rest = place === null ? '' : ` ORDER BY start_time ${direction}, event_id ${direction} LIMIT ${place}`;
    return `(SELECT event_id, start_time FROM visible_spans WHERE ${all.join(' AND ')}${rest})`;
  };
  if (!from && !to) {
    return part(isRecurring === undefined ? undefined : isRecurring ? 'kind = 2' : 'kind < 2');
  }
  const overlaps = `span && tstzrange(${fromPlace ?? 'NULL'}, ${toPlace ?? 'NULL'})`;
  const short = part(
    'kind = 0',
    fromPlace && `start_time > ${fromPlace}::timestamptz - interval '24 hours' AND upper(span) > ${fromPlace}`,
    toPlace && `start_time < ${toPlace}`,
  );
  const long = part('kind > 0', isRecurring === undefined ? undefined : `kind = ${isRecurring ? 2 : 1}`, overlaps);
  return isRecurring === true ? long : `(${short} UNION ALL ${long})`;
}
