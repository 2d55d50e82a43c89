import { readAsOf } from '../platform/http/as-of.js';
import { readQueryInstant, restorePlus } from '../platform/http/instant-text.js';
import type { UserBudget } from '../platform/limits/budgets.js';
import { type FieldError, invalid } from '../problems/problem.js';
import type { EventFilter } from './event-filter.js';
import type { ListEventsQuery, OccurrenceQuery } from './events.dto.js';
import type { OccurrenceTarget } from '../content/edit.js';
import type { ReaderWindow } from '../content/occurrences.js';

type Name = 'from' | 'to' | 'start_date' | 'end_date' | 'updated_since';

/** Parameters that make a list read more than one page of rows. */
const EXPENSIVE = ['q', 'expand', 'as_of', 'page', 'page_size'];

/** Returns the budget of `GET /api/events` with this query, which is not validated yet. */
export const listBudget = (query: Record<string, unknown>): UserBudget =>
  EXPENSIVE.some((name) => name in query) ? 'expensive_reads' : 'reads';

/**
 * Reads the query of `GET /api/events`. A date is midnight in the caller's zone.
 * @throws Problem validation_failed
 */
export function readFilter(query: ListEventsQuery, timeZone: string): EventFilter {
  const { from, to, updated_since: updatedSince } = readInstants(query, timeZone);
  const sort = query.sort ?? 'start_time';
  return {
    window: toWindow({ from, to }, timeZone),
    updatedSince,
    q: query.q || undefined,
    location: query.location || undefined,
    role: query.role,
    ownerId: query.owner_id,
    isRecurring: query.is_recurring,
    deleted: query.deleted ?? false,
    asOf: readAsOf(query, timeZone),
    sort: { column: sort.endsWith('start_time') ? 'startTime' : 'updatedAt', descending: sort.startsWith('-') },
  };
}

/**
 * Returns the token of a query that continues a list, which contains the filters of the list.
 * @throws Problem validation_failed when the query has filters too
 */
export function readSyncParameters({
  sync_token: token,
  cursor: _cursor,
  limit: _limit,
  ...others
}: ListEventsQuery): string {
  const message = 'A token contains the filters of its list. Send only `limit` and `cursor` with it.';
  const errors = Object.entries(others)
    .filter(([, value]) => value !== undefined)
    .map(([name]) => ({ pointer: `/query/${name}`, code: 'not_allowed', message }));
  if (errors.length > 0) throw invalid(...errors);
  return token!;
}

/** Reads a half-open window. A date is midnight in the caller's zone. @throws Problem validation_failed */
export function readWindow(query: { from?: string; to?: string }, timeZone: string): ReaderWindow {
  return toWindow(readInstants(query, timeZone), timeZone);
}

const toWindow = ({ from, to }: { from?: Date; to?: Date }, zone: string): ReaderWindow => ({
  from: from ? from.getTime() / 1_000 : -Infinity,
  to: to ? to.getTime() / 1_000 : Infinity,
  zone,
});

function readInstants(query: Partial<Record<Name, string>>, timeZone: string): Partial<Record<Name, Date>> {
  const errors: FieldError[] = [];
  const instant = (name: Name): Date | undefined => {
    const text = query[name];
    if (text === undefined) return undefined;
    const read = readQueryInstant(text, timeZone);
    if (read instanceof Date) return read;
    errors.push({ ...read, pointer: `/query/${name}` });
    return undefined;
  };
  const from = instant('from') ?? instant('start_date');
  const to = instant('to') ?? instant('end_date');
  const updatedSince = instant('updated_since');
  if (from && to && from >= to) {
    errors.push({ pointer: '/query/to', code: 'end_not_after_start', message: '`to` must be after `from`.' });
  }
  if (errors.length > 0) throw invalid(...errors);
  return { from, to, updated_since: updatedSince };
}

/** Reads the target of a request. @throws Problem validation_failed for a scope without an occurrence */
export function readTarget({ occurrence, scope }: OccurrenceQuery): OccurrenceTarget | null {
  if (occurrence !== undefined) return { occurrence: restorePlus(occurrence), scope: scope ?? 'this' };
  if (scope === undefined || scope === 'all') return null;
  throw invalid({ pointer: '/query/occurrence', code: 'required', message: 'Required with this scope.' });
}
