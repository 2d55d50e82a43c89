import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { CalendarEntry } from '../calendar/write-calendar.js';
import { writeCalendar } from '../calendar/write-calendar.js';
import { ExportService } from '../calendar/export.service.js';
import { veventLines } from '../calendar/event-to-vevent.js';
import type { CalendarEvent } from '../content/event.entity.js';
import type { EventFilter } from '../events/event-filter.js';
import { ListEventsService } from '../events/list-events.service.js';
import { ReadEventsService } from '../events/read-events.service.js';
import { mapInParts } from '../platform/hooks/map-in-parts.js';
import { TimeSlices } from '../platform/hooks/time-slices.js';
import type { Actor } from '../platform/http/actor.js';
import type { CalendarFilter } from './calendar-filter.js';
import { pathOfEvent } from './resources.js';
import { SameUidsRepository } from './same-uids.repository.js';

/** An event as a resource of the calendar (RFC 4791 §4.1). */
export interface CalendarObject {
  eventId: string;
  path: string;
  entry: CalendarEntry;
  /** The iCalendar file. */
  data: string;
  /** Strong: a hash of the file. */
  etag: string;
}

/** Events of a read. */
const PAGE = 500;

/** Returns the filter of the calendar: everything that a person sees. */
export const calendarFilter = (actor: Actor, window = { from: -Infinity, to: Infinity }): EventFilter => ({
  window: {
    ...window,
    ...(Number.isFinite(window.from) || Number.isFinite(window.to) ? { zone: actor.timeZone } : {}),
  },
  deleted: false,
  asOf: null,
  sort: { column: 'startTime', descending: false },
});

/** Reads the events of a person as resources of their calendar. */
@Injectable()
export class CalendarObjects {
  constructor(
    private readonly listing: ListEventsService,
    private readonly reading: ReadEventsService,
    private readonly exports: ExportService,
    private readonly sameUids: SameUidsRepository,
  ) {}

  /** Returns those of the events that a person sees, by id. */
  async find(actor: Actor, ids: string[]): Promise<Map<string, CalendarObject>> {
    const records = await this.reading.list(actor, ids);
    const objects = await this.toObjects(
      actor,
      records.map(({ event }) => event),
    );
    return new Map(objects.map((object) => [object.eventId, object]));
  }

  /**
   * Returns the events that pass a filter, in pages. An event is in it if it was there all the time: after the last page,
   * what changed meanwhile follows.
   */
  async *list(actor: Actor, { window, matches }: CalendarFilter): AsyncGenerator<CalendarObject[]> {
    const filter = calendarFilter(actor, window);
    const sent = new Set<string>();
    const select = async (events: CalendarEvent[]): Promise<CalendarObject[]> => {
      const unsent = events.filter(({ id }) => !sent.has(id));
      for (const { id } of unsent) sent.add(id);
      const objects = await this.toObjects(actor, unsent);
      return matches === null ? objects : selectMatching(objects, matches);
    };
    let token: string | undefined;
    for (let after: string[] | null = null, isFirst = true; ; isFirst = false) {
      const page = await this.listing.list(actor, filter, { order: 'caldav', limit: PAGE, offset: null, after });
      yield await select(page.items.map(({ event }) => event));
      after = page.nextKey && page.nextKey.slice(1);
      if (after) continue;
      // An event that moved from a later page to an earlier one was in none of them.
      token = isFirst ? undefined : page.syncToken;
      break;
    }
    for (let after: string[] | null = null; token !== undefined;) {
      const page = await this.listing.changesSince(actor, token, { order: 'caldav', limit: PAGE, offset: null, after });
      yield await select(page.items.map(({ event }) => event));
      after = page.nextKey && page.nextKey.slice(1);
      if (!after) return;
    }
  }

  /**
   * Returns the events whose UID in the calendar may differ because of changes of others: of several events with one UID,
   * the first has it, and which one that is depends on all of them.
   */
  async listAffected(actor: Actor, changedIds: string[]): Promise<string[]> {
    const changed = new Set(changedIds);
    const uids = await this.sameUids.listUids(changedIds);
    const ids = [...(await this.sameUids.listByUid(actor.userId, uids)).values()].flat();
    return ids.filter((id) => !changed.has(id));
  }

  /** Returns events as resources, in their order. */
  async toObjects(actor: Actor, events: CalendarEvent[]): Promise<CalendarObject[]> {
    const entries = await this.exports.toEntries(events);
    const holders = await this.sameUids.listByUid(
      actor.userId,
      entries.map(({ uid }) => uid),
    );
    return mapInParts(entries, async (exported, index) => {
      const { id } = events[index]!;
      // A calendar has each UID once (RFC 4791 §4.1).
      const isHolder = (holders.get(exported.uid)?.[0] ?? id) === id;
      const entry = isHolder ? exported : { ...exported, uid: `${id}@convene` };
      const data = await writeCalendar([entry], {});
      return { eventId: id, path: pathOfEvent(actor, id), entry, data, etag: `"${hash('sha1', data, 'base64url')}"` };
    });
  }
}

async function selectMatching(
  objects: CalendarObject[],
  matches: (lines: string[]) => boolean,
): Promise<CalendarObject[]> {
  const slices = new TimeSlices();
  const selected: CalendarObject[] = [];
  for (const object of objects) {
    if (matches(veventLines(object.entry))) selected.push(object);
    await slices.pause();
  }
  return selected;
}
