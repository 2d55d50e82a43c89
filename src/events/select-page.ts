import { contentConditions, keyConditions, windowConditions } from './event-conditions.js';
import { type EventFilter, isAlways } from './event-filter.js';
import { changedSince, isOwner, movedSince, numberedAsOf, versionsAsOf } from './events-as-of.js';
import { columnOf, inOrder, type ListQuery, selectMatching, type Slice, upTo } from './list-statement.js';
import { selectByText, selectByUpdate } from './many-events.js';
import type { VisibleEvents } from './visible-events.js';
import { selectSpans } from './visible-spans.js';

/**
 * Returns a query of the page of a list, for `VisibleEvents.select`. Nothing is joined to the rows before or after it.
 * Bounds of series are approximate: see `occursWithin`.
 */
export function selectPage(events: VisibleEvents, filter: EventFilter, slice: Slice): string {
  const list = { events, filter, slice };
  const { asOf } = events;
  if (!asOf) return selectCurrent(list);
  // The page may consist of either kind.
  const parts = selectAsOf(upTo(list), asOf);
  return `SELECT event_id, version FROM (${parts.map((part) => `(${part})`).join(' UNION ALL ')}) AS found ${inOrder(list)}`;
}

/** Returns two queries: of events that are found by what is stored of today, and of the others, by their versions. */
function selectAsOf(list: ListQuery, asOf: string): string[] {
  const { events, filter } = list;
  if (filter.deleted || filter.q || filter.location) {
    // What did not change since has the same texts today.
    return [selectCurrent(list, `e.updated_at <= ${asOf}`), selectPast(list, changedSince(events.user, asOf), asOf)];
  }
  // What did not move since is found at the same times today.
  return [selectUnmoved(list, asOf), selectPast(list, movedSince(events.user, asOf), asOf)];
}

/** Selects by the current rows. @param conditions of `e`, beside those of the filter */
function selectCurrent(list: ListQuery, ...conditions: string[]): string {
  const { events, filter, slice } = list;
  const { window, deleted, sort } = filter;
  conditions.push(...contentConditions(events, filter));
  if (deleted) {
    // What was purged since was in the trash at that time.
    const purgedSince = events.asOf ? ` OR e.purged_at > ${events.asOf}` : '';
    conditions.push('e.deleted_at IS NOT NULL', `(e.purged_at IS NULL${purgedSince})`);
    conditions.push(...windowConditions(events, filter));
    conditions.push(...keyConditions(events, filter, slice.after));
    const own = `(SELECT event_id FROM event_permissions WHERE user_id = ${events.user} AND role = 'owner')`;
    return selectMatching(list, own, conditions, `e.${columnOf(filter)}`);
  }
  const byStart = sort.column === 'startTime';
  const spans = (limit: number | null): string => selectOwnSpans(list, limit);
  if (byStart && conditions.length === 0) {
    const enough = upTo(list).slice.limit;
    return `SELECT v.event_id, v.start_time AS time, NULL::integer AS version FROM ${spans(enough)} AS v ${inOrder(list)}`;
  }
  if (!byStart) conditions.push(...keyConditions(events, filter, slice.after));
  if (filter.q || filter.location) return selectByText(list, spans, conditions);
  const isWalk = !byStart && slice.limit !== null && isAlways(window);
  if (isWalk) return selectByUpdate(list, spans(null), conditions);
  return selectMatching(list, spans(null), conditions, byStart ? 'v.start_time' : 'e.updated_at');
}

/** Selects events that take place at the same times since then; of those that changed, the version that they had. */
function selectUnmoved(list: ListQuery, asOf: string): string {
  const { events, filter, slice } = list;
  const byStart = filter.sort.column === 'startTime';
  const conditions = contentConditions(events, filter);
  const spans = selectOwnSpans(list, byStart && conditions.length === 0 ? slice.limit : null);
  if (!byStart) conditions.push(...keyConditions(events, filter, slice.after));
  return selectMatching(list, spans, conditions, byStart ? 'v.start_time' : 'e.updated_at', numberedAsOf(asOf));
}

/** Returns a query of the person's spans in the window of a list, in its order if that is one of starts. */
function selectOwnSpans({ events, filter, slice }: ListQuery, limit: number | null): string {
  const { window, isRecurring, outside, sort } = filter;
  const byStart = sort.column === 'startTime';
  const order = byStart && slice.limit !== null ? (sort.descending ? 'DESC' : 'ASC') : null;
  return selectSpans(events, { window, isRecurring, outside, order, after: byStart ? slice.after : null, limit });
}

/**
 * Selects by the versions that events had then.
 * @param source a query of the column `event_id`
 */
function selectPast(list: ListQuery, source: string, asOf: string): string {
  const { events, filter, slice } = list;
  const conditions = [
    filter.deleted ? `e.deleted_at IS NOT NULL AND ${isOwner(events.user, 'e.id')}` : 'e.deleted_at IS NULL',
    ...windowConditions(events, filter),
    ...contentConditions(events, filter),
    ...keyConditions(events, filter, slice.after),
  ];
  return `SELECT e.id AS event_id, e.${columnOf(filter)} AS time, e.version
      FROM ${versionsAsOf(source, asOf)} WHERE ${conditions.join(' AND ')} ${inOrder(list)}`;
}
