import { snakeCase } from '../content/columns.js';
import type { EventFilter } from './event-filter.js';
import type { VisibleEvents } from './visible-events.js';

/** Where a page of a list begins, and how many rows it needs. */
export interface Slice {
  /** The time and the id of the event before it, in the order of the list. */
  after: [time: Date, id: string] | null;
  /** The number of rows; null for all, in any order. */
  limit: number | null;
  /** The number of rows to skip. */
  offset: number;
}

/** A list of events that a statement reads. Its queries have the columns `event_id`, `time` and `version`. */
export interface ListQuery {
  events: VisibleEvents;
  filter: EventFilter;
  slice: Slice;
}

/** Returns the column of `events` by which a list is ordered. */
export const columnOf = ({ sort }: EventFilter): string => snakeCase(sort.column);

const directionOf = ({ sort }: EventFilter): string => (sort.descending ? 'DESC' : 'ASC');

/** Returns the order of the rows `e` of a list. */
export const orderOf = (filter: EventFilter): string => {
  const direction = directionOf(filter);
  return `ORDER BY e.${columnOf(filter)} ${direction}, e.id ${direction}`;
};

/** Returns the end of a query: the order of the list, and the rows of the slice. */
export function inOrder({ events, filter, slice: { limit, offset } }: ListQuery): string {
  if (limit === null) return '';
  const direction = directionOf(filter);
  const skipped = offset === 0 ? '' : ` OFFSET ${events.parameter(offset)}`;
  return `ORDER BY time ${direction}, event_id ${direction} LIMIT ${events.parameter(limit)}${skipped}`;
}

/** Returns the same list up to the end of its slice. */
export const upTo = (list: ListQuery): ListQuery => {
  const { after, limit, offset } = list.slice;
  return { ...list, slice: { after, limit: limit === null ? null : limit + offset, offset: 0 } };
};

/**
 * Returns a query of the events of a source that match conditions. Each event is looked up by its id, in the order of the
 * source: as a join, PostgreSQL would often read all events of a person, and without statistics all events.
 * @param source a relation `v` with the column `event_id`
 * @param time the time by which the list is ordered: of the event, or a column of a source that has that order
 * @param rows the rows `e`, and the number of the version that each had at an earlier time
 */
export function selectMatching(
  list: ListQuery,
  source: string,
  conditions: string[],
  time: string,
  rows = { from: 'events e', version: 'NULL::integer' },
): string {
  return `SELECT v.event_id, ${time} AS time, e.version
      FROM ${source} AS v
      CROSS JOIN LATERAL (SELECT e.start_time, e.updated_at, ${rows.version} AS version FROM ${rows.from}
                           WHERE ${['e.id = v.event_id', ...conditions].join(' AND ')} OFFSET 0) AS e ${inOrder(list)}`;
}
