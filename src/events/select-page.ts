import { snakeCase } from '../content/columns.js';
import type { EventFilter } from './event-filter.js';
import { changedSince, ownerAsOf } from './events-as-of.js';
import { anyMatches, contains, SEARCHED } from './text-filter.js';
import type { VisibleEvents } from './visible-events.js';
import { selectSpans } from './visible-spans.js';

/** Where a page of a list begins, and how many rows it needs. */
export interface Slice {
  /** The time and the id of the event before it, in the order of the list. */
  after: [time: Date, id: string] | null;
  /** The number of rows; null for all. */
  limit: number | null;
  /** The number of rows to skip. */
  offset: number;
}

/** Returns the order of the rows of a list. */
export const orderOf = ({ sort }: EventFilter): string => {
  const direction = directionOf(sort);
  return `ORDER BY e.${snakeCase(sort.column)} ${direction}, e.id ${direction}`;
};

const directionOf = ({ descending }: EventFilter['sort']): 'ASC' | 'DESC' => (descending ? 'DESC' : 'ASC');

/**
 * Returns a query of the page of a list, for `VisibleEvents.select`. Nothing is joined to the rows before or after it.
 * Bounds of series are approximate: see `occursWithin`.
 */
export function selectPage(events: VisibleEvents, filter: EventFilter, slice: Slice): string {
  const { asOf } = events;
  if (!asOf) return selectCurrent(events, filter, slice);
  // What did not change since is today as it was then. The page may consist of either kind.
  const enough = { ...slice, limit: rowsUpTo(slice), offset: 0 };
  const unchanged = selectCurrent(events, filter, enough, `e.updated_at <= ${asOf}`);
  const changed = selectPast(events, asOf, filter, enough);
  return `SELECT event_id, version FROM ((${unchanged}) UNION ALL (${changed})) AS found ${restOf(events, filter, slice)}`;
}

const rowsUpTo = ({ limit, offset }: Slice): number | null => (limit === null ? null : limit + offset);

/** Selects by the current rows, one after the other in the order of their spans as far as that is the order of the list. */
function selectCurrent(events: VisibleEvents, filter: EventFilter, slice: Slice, ...conditions: string[]): string {
  const { from, to, isRecurring, deleted, sort } = filter;
  const byStart = sort.column === 'startTime' && !deleted;
  conditions.push(...contentConditions(events, filter));
  if (deleted) conditions.push('e.deleted_at IS NOT NULL', ...windowConditions(events, filter));
  if (!byStart) conditions.push(...keyConditions(events, filter, slice));
  const exact = byStart && conditions.length === 0;
  const source = deleted
    ? `(SELECT event_id FROM event_permissions WHERE user_id = ${events.user} AND role = 'owner')`
    : selectSpans(events, {
        ...{ from, to, isRecurring },
        order: byStart && slice.limit !== null ? directionOf(sort) : null,
        after: byStart ? slice.after : null,
        limit: exact ? rowsUpTo(slice) : null,
      });
  const matching = `CROSS JOIN LATERAL (SELECT e.${snakeCase(sort.column)} AS time FROM events e
       WHERE ${['e.id = v.event_id', ...conditions].join(' AND ')} OFFSET 0) AS e`;
  return `SELECT v.event_id, ${byStart ? 'v.start_time' : 'e.time'} AS time, NULL::integer AS version
      FROM ${source} AS v ${exact ? '' : matching} ${restOf(events, filter, slice)}`;
}

/** Selects by the versions that events had then which changed since. */
function selectPast(events: VisibleEvents, asOf: string, filter: EventFilter, slice: Slice): string {
  const conditions = [
    filter.deleted ? `e.deleted_at IS NOT NULL AND seen.role = 'owner'` : 'e.deleted_at IS NULL',
    ...windowConditions(events, filter),
    ...contentConditions(events, filter),
    ...keyConditions(events, filter, slice),
  ];
  return `SELECT e.id AS event_id, e.${snakeCase(filter.sort.column)} AS time, e.version
      FROM ${changedSince(events.user, asOf)} WHERE ${conditions.join(' AND ')} ${restOf(events, filter, slice)}`;
}

function restOf(events: VisibleEvents, { sort }: EventFilter, { limit, offset }: Slice): string {
  if (limit === null) return '';
  const direction = directionOf(sort);
  return `ORDER BY time ${direction}, event_id ${direction} LIMIT ${events.parameter(limit)} OFFSET ${events.parameter(offset)}`;
}

/** What spans show too, as conditions of `e`. */
function windowConditions(events: VisibleEvents, { from, to, isRecurring }: EventFilter): string[] {
  const conditions: string[] = [];
  if (from) conditions.push(`(e.last_end IS NULL OR e.last_end > ${events.parameter(from)})`);
  if (to) conditions.push(`e.first_start < ${events.parameter(to)}`);
  if (isRecurring !== undefined) {
    conditions.push(`${isRecurring ? '' : 'NOT '}(e.rrule IS NOT NULL OR e.added <> '[]')`);
  }
  return conditions;
}

/** What spans don't show, as conditions of `e`. */
function contentConditions(events: VisibleEvents, filter: EventFilter): string[] {
  const { q, location, role, ownerId, updatedSince } = filter;
  const conditions: string[] = [];
  if (updatedSince) conditions.push(`e.updated_at >= ${events.parameter(updatedSince)}`);
  if (role) {
    const own = `SELECT p.role FROM event_permissions p WHERE p.event_id = e.id AND p.user_id = ${events.user}`;
    conditions.push(`(${own}) = ${events.parameter(role)}`);
  }
  if (ownerId) {
    const owner = events.asOf
      ? ownerAsOf(events.asOf)
      : `(SELECT p.user_id FROM event_permissions p WHERE p.event_id = e.id AND p.role = 'owner')`;
    conditions.push(`${owner} = ${events.parameter(ownerId)}::uuid`);
  }
  if (q) conditions.push(anyMatches(SEARCHED, events.parameter(contains(q))));
  if (location) conditions.push(anyMatches(['location'], events.parameter(contains(location))));
  return conditions;
}

function keyConditions(events: VisibleEvents, { sort }: EventFilter, { after }: Slice): string[] {
  if (!after) return [];
  const key = `${events.parameter(after[0])}::timestamptz, ${events.parameter(after[1])}::uuid`;
  return [`(e.${snakeCase(sort.column)}, e.id) ${sort.descending ? '<' : '>'} (${key})`];
}
