import type { SelectQueryBuilder } from 'typeorm';
import type { Role } from '../permissions/role.js';
import type { CalendarEvent } from '../content/event.entity.js';
import { camelCase } from '../content/columns.js';
import { isSeries } from '../content/event-content.js';
import { type OccurrenceContent, PLAIN_NAMES, plainFieldOf } from '../content/fields.js';
import { seriesOf } from '../content/series.js';
import { OWNER_AS_OF } from './events-as-of.js';
import { expand } from '../recurrence/expand.js';

/** Which events a list shows, and in which order. All conditions hold together. */
export interface EventFilter {
  /** Overlap with the half-open window; either end may be missing. */
  from?: Date;
  to?: Date;
  /** Words to find in title, description or location, of the event or of one occurrence, as one piece and in any case. */
  q?: string;
  location?: string;
  role?: Role;
  ownerId?: string;
  isRecurring?: boolean;
  updatedSince?: Date;
  /** The trash instead: what the caller owned and deleted. */
  deleted: boolean;
  /** The state at that moment instead of the present one. Rights are those of the present all the same. */
  asOf: Date | null;
  sort: { column: 'startTime' | 'updatedAt'; descending: boolean };
}

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

/** True when an occurrence of the event really falls into the window; its bounds alone don't tell for a series. */
export function occursWithin(event: CalendarEvent, { from, to }: EventFilter): boolean {
  if (!isSeries(event) || (!from && !to)) return true;
  const window = {
    from: from ? from.getTime() / 1_000 : -Infinity,
    to: to ? to.getTime() / 1_000 : Infinity,
  };
  return expand(seriesOf(event), window, 1).length > 0;
}

/** Returns true when the values of one occurrence match the text filters: a series may be found by another occurrence. */
export function matchesTexts(values: OccurrenceContent, { location, q }: EventFilter): boolean {
  const has = (text: unknown, part: string): boolean =>
    typeof text === 'string' && text.toLowerCase().includes(part.toLowerCase());
  if (location && !has(values.location, location)) return false;
  return !q || SEARCHED.some((property) => has(values[property as keyof OccurrenceContent], q));
}

const anyOverride = (condition: string): string =>
  `EXISTS (SELECT FROM jsonb_array_elements(e.overrides) AS o WHERE ${condition})`;

const contains = (text: string): string => `%${text.replace(/[\\%_]/g, String.raw`\$&`)}%`;

/** The fields in which `q` looks. */
const SEARCHED = PLAIN_NAMES.filter((name) => plainFieldOf(name).input.searched).map(camelCase);

const anyOf = (of: (property: string) => string): string =>
  SEARCHED.map((property) => `${of(property)} ILIKE :q`).join(' OR ');

const SEARCH = `(${anyOf((property) => `e.${property}`)} OR ${anyOverride(anyOf((property) => `o ->> '${property}'`))})`;
