import { newId } from '../platform/database/new-id.js';
import type { Actor } from '../platform/http/actor.js';
import { tzdataVersion } from '../time/time-zone.js';
import type { CalendarEvent } from '../content/event.entity.js';
import { type LockedEvent, nextEntryTime } from '../history/event-lock.js';
import { type EventContent, isSeries } from '../content/event-content.js';
import { seriesOf } from '../content/series.js';
import { bounds } from '../recurrence/expand.js';

/**
 * Returns the first row of an event that the actor creates.
 * @param uid the UID of an imported event; null for an event made here
 */
export function createFirstRow(
  content: EventContent,
  actor: Actor,
  at: Date,
  uid: string | null = null,
): CalendarEvent {
  const id = newId();
  return {
    id,
    seriesId: id,
    splitFrom: null,
    splitFromVersion: null,
    uid,
    version: 1,
    createdAt: at,
    updatedAt: at,
    updatedBy: actor.userId,
    purgedAt: null,
    ...content,
    ...deriveColumns(content),
  };
}

/**
 * Returns the next row of a locked event. Its time is later than that of the last entry, even when the clocks of servers
 * differ.
 */
export function createNextRow(locked: LockedEvent, content: EventContent, actor: Actor): CalendarEvent {
  const { event } = locked;
  return {
    ...event,
    ...content,
    ...deriveColumns(content),
    version: event.version + 1,
    updatedAt: nextEntryTime(locked),
    updatedBy: actor.userId,
  };
}

/** Derives the first start and the last end of all occurrences, and the edition of the time zone data in use. */
export function deriveColumns(content: EventContent): Pick<CalendarEvent, 'firstStart' | 'lastEnd' | 'tzdata'> {
  const tzdata = tzdataVersion();
  if (!isSeries(content)) return { firstStart: content.startTime, lastEnd: content.endTime, tzdata };
  const found = bounds(seriesOf(content));
  if (!found) return { firstStart: content.startTime, lastEnd: content.endTime, tzdata };
  return {
    firstStart: new Date(found.start * 1_000),
    lastEnd: found.end === null ? null : new Date(found.end * 1_000),
    tzdata,
  };
}
