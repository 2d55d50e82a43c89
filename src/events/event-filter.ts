import type { Role } from '../permissions/role.js';
import type { CalendarEvent } from '../content/event.entity.js';
import { camelCase, snakeCase } from '../content/columns.js';
import { isSeries } from '../content/event-content.js';
import { type OccurrenceContent, PLAIN_NAMES, type PlainName, plainFieldOf } from '../content/fields.js';
import { listOccurrences, type ReaderWindow } from '../content/occurrences.js';
import { seriesOf } from '../content/series.js';
import { expand } from '../recurrence/expand.js';
import { VisibleEvents } from './visible-events.js';

/** The conditions and the order of a list of events. An event must satisfy all conditions. */
export interface EventFilter {
  /** The event overlaps the half-open window, as the caller sees it; see `occursWithin`. */
  window: ReaderWindow;
  /** Bounds around the window for SQL, which compares instants. All-day events float, so they may lie outside it. */
  from?: Date;
  to?: Date;
  /** A substring of a searched field of the event or of one occurrence, ignoring case. */
  q?: string;
  location?: string;
  role?: Role;
  ownerId?: string;
  isRecurring?: boolean;
  updatedSince?: Date;
  /** Lists the caller's own events in the trash instead of the others. */
  deleted: boolean;
  /** Lists the state as of an earlier time; null for the current state. Access is always that of the present. */
  asOf: Date | null;
  sort: { column: 'startTime' | 'updatedAt'; descending: boolean };
}

/** Where a page of a list begins, and how many rows it needs. */
export interface Slice {
  /** The time and the id of the event before it, in the order of the list. */
  after: [time: Date, id: string] | null;
  limit: number;
}

/**
 * Returns the events of a person that match a filter, after a key. Bounds of series are approximate: see `occursWithin`.
 */
export function selectMatching(userId: string, filter: EventFilter, { after, limit }: Slice): VisibleEvents {
  const { from, to, isRecurring, asOf, deleted, sort } = filter;
  const events = new VisibleEvents(userId, asOf);
  if (sort.column === 'startTime' && !asOf && !deleted) {
    const descending = sort.descending;
    return applyConditions(
      events.within({ from, to, isRecurring, descending, after, limit: rejectsSpans(filter) ? null : limit }),
      filter,
    );
  }
  events.where(deleted ? `e.deleted_at IS NOT NULL AND mine.role = 'owner'` : 'e.deleted_at IS NULL');
  if (from) events.where(`(e.last_end IS NULL OR e.last_end > ${events.parameter(from)})`);
  if (to) events.where(`e.first_start < ${events.parameter(to)}`);
  if (isRecurring !== undefined) events.where(`${isRecurring ? '' : 'NOT '}(e.rrule IS NOT NULL OR e.added <> '[]')`);
  if (after) {
    const key = `${events.parameter(after[0])}::timestamptz, ${events.parameter(after[1])}::uuid`;
    events.where(`(e.${snakeCase(sort.column)}, e.id) ${sort.descending ? '<' : '>'} (${key})`);
  }
  return applyConditions(events, filter);
}

/** Returns true when a filter has conditions that spans don't show. */
const rejectsSpans = ({ q, location, role, ownerId, updatedSince }: EventFilter): boolean =>
  [q, location, role, ownerId, updatedSince].some((condition) => condition !== undefined);

/** Returns the order of the rows of a list. */
export const orderOf = ({ sort: { column, descending } }: EventFilter): string => {
  const direction = descending ? 'DESC' : 'ASC';
  return `ORDER BY e.${snakeCase(column)} ${direction}, e.id ${direction}`;
};

/** Adds the conditions that spans don't show. */
function applyConditions(events: VisibleEvents, filter: EventFilter): VisibleEvents {
  const { q, location, role, ownerId, updatedSince } = filter;
  if (q) events.where(anyContains(SEARCHED, events.parameter(contains(q))));
  if (location) events.where(anyContains(['location'], events.parameter(contains(location))));
  if (role) events.where(`mine.role = ${events.parameter(role)}`);
  if (ownerId) events.whereOwner(ownerId);
  if (updatedSince) events.where(`e.updated_at >= ${events.parameter(updatedSince)}`);
  return events;
}

/** Returns true when SQL rejects all that the filter rejects: the bounds of a window are approximate in SQL. */
export const matchesInSql = ({ from, to }: EventFilter): boolean => !from && !to;

/** Returns true when an occurrence of the event overlaps the window, as SQL finds only approximately. */
export function occursWithin(event: CalendarEvent, { window }: Pick<EventFilter, 'window'>): boolean {
  if (isAlways(window)) return true;
  // Expanding is enough for times of day, and cheaper.
  if (isSeries(event) && !event.allDay) return expand(seriesOf(event), window, 1).length > 0;
  return listOccurrences(event, window, 1).length > 0;
}

const isAlways = ({ from, to }: ReaderWindow): boolean => from === -Infinity && to === Infinity;

/** Returns true when the values of one occurrence match the text filters. A series may match by another occurrence. */
export function matchesTexts(values: OccurrenceContent, { location, q }: EventFilter): boolean {
  const has = (text: unknown, part: string): boolean =>
    typeof text === 'string' && text.toLowerCase().includes(part.toLowerCase());
  if (location && !has(values.location, location)) return false;
  return !q || SEARCHED.some((name) => has(values[camelCase(name)], q));
}

const contains = (text: string): string => `%${text.replace(/[\\%_]/g, String.raw`\$&`)}%`;

/** The fields that `q` searches. */
const SEARCHED = PLAIN_NAMES.filter((name) => plainFieldOf(name).input.searched);

/** Returns a condition: one of the fields of the event, or of one occurrence, contains the text of a placeholder. */
function anyContains(fields: readonly PlainName[], text: string): string {
  const anyOf = (of: (field: PlainName) => string): string =>
    fields.map((name) => `${of(name)} ILIKE ${text}`).join(' OR ');
  const inOverride = anyOf((name) => `o ->> '${camelCase(name)}'`);
  return `(${anyOf((name) => `e.${name}`)} OR EXISTS (SELECT FROM jsonb_array_elements(e.overrides) AS o WHERE ${inOverride}))`;
}
