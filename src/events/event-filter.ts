import type { SelectQueryBuilder } from 'typeorm';
import type { Role } from '../permissions/role.js';
import type { CalendarEvent } from '../content/event.entity.js';
import { camelCase } from '../content/columns.js';
import { isSeries } from '../content/event-content.js';
import { type OccurrenceContent, PLAIN_NAMES, plainFieldOf } from '../content/fields.js';
import { seriesOf } from '../content/series.js';
import { OWNER_AS_OF } from './events-as-of.js';
import { expand } from '../recurrence/expand.js';

/** The conditions and the order of a list of events. An event must satisfy all conditions. */
export interface EventFilter {
  /** The event overlaps the half-open window, either bound of which may be absent. */
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

/** Adds the conditions of a filter to a query. Bounds of series are approximate: see `occursWithin`. */
export function applyFilter(
  query: SelectQueryBuilder<CalendarEvent>,
  filter: EventFilter,
): SelectQueryBuilder<CalendarEvent> {
  query.andWhere(filter.deleted ? `e.deletedAt IS NOT NULL AND mine.role = 'owner'` : 'e.deletedAt IS NULL');
  if (filter.from) query.andWhere('(e.lastEnd IS NULL OR e.lastEnd > :from)', { from: filter.from });
  if (filter.to) query.andWhere('e.firstStart < :to', { to: filter.to });
  if (filter.q) query.andWhere(SEARCH, { q: contains(filter.q) });
  if (filter.location) {
    const inOverride = `o ->> 'location' ILIKE :location`;
    query.andWhere(`(e.location ILIKE :location OR ${anyOverride(inOverride)})`, {
      location: contains(filter.location),
    });
  }
  if (filter.role) query.andWhere('mine.role = :role', { role: filter.role });
  if (filter.ownerId) {
    query.andWhere(`${filter.asOf ? OWNER_AS_OF : 'owner.id'} = :ownerId`, { ownerId: filter.ownerId });
  }
  if (filter.isRecurring !== undefined) {
    query.andWhere(`(e.rrule IS NOT NULL OR e.added <> '[]') = :recurring`, { recurring: filter.isRecurring });
  }
  if (filter.updatedSince) query.andWhere('e.updatedAt >= :since', { since: filter.updatedSince });
  return query;
}

/** Returns true when an occurrence of the event overlaps the window, which the bounds of a series do not show. */
export function occursWithin(event: CalendarEvent, { from, to }: EventFilter): boolean {
  if (!isSeries(event) || (!from && !to)) return true;
  const window = {
    from: from ? from.getTime() / 1_000 : -Infinity,
    to: to ? to.getTime() / 1_000 : Infinity,
  };
  return expand(seriesOf(event), window, 1).length > 0;
}

/** Returns true when the values of one occurrence match the text filters. A series may match by another occurrence. */
export function matchesTexts(values: OccurrenceContent, { location, q }: EventFilter): boolean {
  const has = (text: unknown, part: string): boolean =>
    typeof text === 'string' && text.toLowerCase().includes(part.toLowerCase());
  if (location && !has(values.location, location)) return false;
  return !q || SEARCHED.some((property) => has(values[property as keyof OccurrenceContent], q));
}

const anyOverride = (condition: string): string =>
  `EXISTS (SELECT FROM jsonb_array_elements(e.overrides) AS o WHERE ${condition})`;

const contains = (text: string): string => `%${text.replace(/[\\%_]/g, String.raw`\$&`)}%`;

/** The fields that `q` searches. */
const SEARCHED = PLAIN_NAMES.filter((name) => plainFieldOf(name).input.searched).map(camelCase);

const anyOf = (of: (property: string) => string): string =>
  SEARCHED.map((property) => `${of(property)} ILIKE :q`).join(' OR ');

const SEARCH = `(${anyOf((property) => `e.${property}`)} OR ${anyOverride(anyOf((property) => `o ->> '${property}'`))})`;
