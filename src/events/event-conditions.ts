import { snakeCase } from '../content/columns.js';
import type { EventFilter } from './event-filter.js';
import { ownerAsOf } from './events-as-of.js';
import { anyMatches, contains, SEARCHED } from './text-filter.js';
import type { VisibleEvents } from './visible-events.js';
import { boundsAround } from './visible-spans.js';

/** Returns what spans show too, as conditions of `e`. The bounds of a window are approximate: see `occursWithin`. */
export function windowConditions(events: VisibleEvents, { window, isRecurring }: EventFilter): string[] {
  const { from, to } = boundsAround(window);
  const conditions: string[] = [];
  if (from) conditions.push(`(e.last_end IS NULL OR e.last_end > ${events.parameter(from)})`);
  if (to) conditions.push(`e.first_start < ${events.parameter(to)}`);
  if (isRecurring !== undefined) {
    conditions.push(`${isRecurring ? '' : 'NOT '}(e.rrule IS NOT NULL OR e.added <> '[]')`);
  }
  return conditions;
}

/** Returns what spans don't show, as conditions of `e`. */
export function contentConditions(events: VisibleEvents, filter: EventFilter): string[] {
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

/** Returns the condition that `e` follows a key in the order of the list; none for the first page. */
export function keyConditions(
  events: VisibleEvents,
  { sort }: EventFilter,
  after: [time: Date, id: string] | null,
): string[] {
  if (!after) return [];
  const key = `${events.parameter(after[0])}::timestamptz, ${events.parameter(after[1])}::uuid`;
  return [`(e.${snakeCase(sort.column)}, e.id) ${sort.descending ? '<' : '>'} (${key})`];
}
