import { isSeries } from '../content/event-content.js';
import type { CalendarEvent } from '../content/event.entity.js';
import { listOccurrences, type ReaderWindow } from '../content/occurrences.js';
import { seriesOf } from '../content/series.js';
import type { Role } from '../permissions/role.js';
import { expand } from '../recurrence/expand.js';
import type { TextFilter } from './text-filter.js';

/** The conditions and the order of a list of events. An event must satisfy all conditions. */
export interface EventFilter extends TextFilter {
  /** The event overlaps the half-open window, as the caller sees it; see `occursWithin`. */
  window: ReaderWindow;
  role?: Role;
  ownerId?: string;
  isRecurring?: boolean;
  updatedSince?: Date;
  /** Lists the caller's own events in the trash instead of the others. */
  deleted: boolean;
  /** Lists the state as of an earlier time; null for the current state. Access is always that of the present. */
  asOf: Date | null;
  /** Ids of series that are left out, because their bounds overlap the window but none of their occurrences do. */
  outside?: string[];
  sort: { column: 'startTime' | 'updatedAt'; descending: boolean };
}

/** Returns true when SQL rejects all single events that the filter rejects: with a window, only of today's state. */
export const matchesSingleInSql = ({ window, asOf, deleted }: EventFilter): boolean =>
  isAlways(window) || (asOf === null && !deleted);

/** Returns true when SQL finds no series that the filter rejects. */
export const matchesSeriesInSql = ({ window, isRecurring }: EventFilter): boolean =>
  isAlways(window) || isRecurring === false;

/** Returns true when an occurrence of the event overlaps the window, as SQL finds only approximately. */
export function occursWithin(event: CalendarEvent, { window }: Pick<EventFilter, 'window'>): boolean {
  if (isAlways(window)) return true;
  // Times of day don't float: comparing or expanding them is enough, and cheaper.
  if (!event.allDay) {
    if (isSeries(event)) return expand(seriesOf(event), window, 1).length > 0;
    return event.startTime.getTime() / 1_000 < window.to && event.endTime.getTime() / 1_000 > window.from;
  }
  return listOccurrences(event, window, 1).length > 0;
}

/** Returns true for a window without bounds. */
export const isAlways = ({ from, to }: ReaderWindow): boolean => from === -Infinity && to === Infinity;
