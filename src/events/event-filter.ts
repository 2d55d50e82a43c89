import { isSeries } from '../content/event-content.js';
import type { CalendarEvent } from '../content/event.entity.js';
import { seriesOf } from '../content/series.js';
import type { Role } from '../permissions/role.js';
import { expand } from '../recurrence/expand.js';
import type { TextFilter } from './text-filter.js';

/** The conditions and the order of a list of events. An event must satisfy all conditions. */
export interface EventFilter extends TextFilter {
  /** The event overlaps the half-open window, either bound of which may be absent. */
  from?: Date;
  to?: Date;
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

/** Returns true when SQL rejects all that the filter rejects: without a window, the bounds of series don't matter. */
export const matchesInSql = ({ from, to, isRecurring }: EventFilter): boolean =>
  (!from && !to) || isRecurring === false;

/** Returns true when an occurrence of the event overlaps the window, which the bounds of a series do not show. */
export function occursWithin(event: CalendarEvent, { from, to }: EventFilter): boolean {
  if (!isSeries(event) || (!from && !to)) return true;
  const window = {
    from: from ? from.getTime() / 1_000 : -Infinity,
    to: to ? to.getTime() / 1_000 : Infinity,
  };
  return expand(seriesOf(event), window, 1).length > 0;
}
