import { type FieldError, invalid } from '../platform/http/problem.js';
import type { EventFilter } from './event-filter.js';
import { readInstant } from './event-times.js';
import type { ListEventsQuery } from './events.dto.js';

/**
 * The query of `GET /api/events` as a filter. A plain date is midnight in the caller's zone.
 * @throws Problem validation_failed
 */
export function readFilter(query: ListEventsQuery, timeZone: string): EventFilter {
  const errors: FieldError[] = [];
  const instant = (name: 'from' | 'to' | 'start_date' | 'end_date' | 'updated_since'): Date | undefined => {
    const text = query[name];
    if (text === undefined) return undefined;
    // A + of an offset that wasn't escaped arrives as a space.
    const repaired = text.replace(/ (\d\d:\d\d)$/, '+$1');
    const read = readInstant(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00` : repaired, timeZone);
    if ('instant' in read) return new Date(read.instant.getTime() + milliseconds(text));
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
  const sort = query.sort ?? 'start_time';
  return {
    from,
    to,
    updatedSince,
    q: query.q || undefined,
    location: query.location || undefined,
    role: query.role,
    ownerId: query.owner_id,
    isRecurring: query.is_recurring,
    deleted: query.deleted ?? false,
    sort: { column: sort.endsWith('start_time') ? 'startTime' : 'updatedAt', descending: sort.startsWith('-') },
  };
}

/** Events are kept to the second, so reading a time drops its fraction; changes are kept to the millisecond. */
function milliseconds(text: string): number {
  const fraction = /[.,](\d{1,9})/.exec(text)?.[1] ?? '0';
  return Number(fraction.padEnd(3, '0').slice(0, 3));
}
