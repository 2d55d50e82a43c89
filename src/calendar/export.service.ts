import { Injectable } from '@nestjs/common';
import { toContent } from '../content/event-content.js';
import { uidOf } from '../content/event-uid.js';
import type { CalendarEvent } from '../content/event.entity.js';
import type { EventFilter } from '../events/event-filter.js';
import { ListEventsService } from '../events/list-events.service.js';
import { ReadEventsService } from '../events/read-events.service.js';
import type { Role } from '../permissions/role.js';
import { Database, type Queryable } from '../platform/database/database.js';
import type { Actor } from '../platform/http/actor.js';
import { type ImportedRow, ImportedEventsRepository } from './imported-events.repository.js';
import { revisionOf } from './revision.js';
import { type CalendarEntry, type CalendarHead, writeCalendar } from './write-calendar.js';

/** Writes events as iCalendar files. */
@Injectable()
export class ExportService {
  constructor(
    private readonly database: Database,
    private readonly listing: ListEventsService,
    private readonly reading: ReadEventsService,
    private readonly imported: ImportedEventsRepository,
  ) {}

  /** Returns one event as a file. @throws Problem not_found */
  async exportEvent(actor: Actor, id: string): Promise<string> {
    const [{ record }, imported] = await this.database.inSnapshot((queries) =>
      Promise.all([this.reading.get(actor, id, null, queries), this.imported.list([id], queries)]),
    );
    return writeCalendar([toEntry(record.event, imported.get(id) ?? null)], {});
  }

  /**
   * Returns the events that a person sees as a file, by start.
   * @param role only those on which they have this role
   * @param select changes the events, or leaves some out
   */
  async exportAll(
    actor: Actor,
    head: CalendarHead,
    { role, select = (entry) => entry }: { role?: Role; select?: (entry: CalendarEntry) => CalendarEntry | null } = {},
  ): Promise<string> {
    // Of one moment: what an import kept belongs to one version of its event.
    const entries = await this.database.inSnapshot(async (queries) =>
      this.toEntries(await this.list(queries, actor, role), queries),
    );
    return writeCalendar(
      entries.flatMap((entry) => select(entry) ?? []),
      head,
    );
  }

  private async list(snapshot: Queryable, actor: Actor, role?: Role): Promise<CalendarEvent[]> {
    const filter: EventFilter = {
      window: { from: -Infinity, to: Infinity },
      role,
      deleted: false,
      asOf: null,
      sort: { column: 'startTime', descending: false },
    };
    return (await this.listing.listAll(snapshot, actor, filter)).map(({ event }) => event);
  }

  /** Returns events as they are exported, in their order. */
  async toEntries(events: CalendarEvent[], queries?: Queryable): Promise<CalendarEntry[]> {
    const imported = await this.imported.list(
      events.map(({ id }) => id),
      queries,
    );
    return events.map((event) => toEntry(event, imported.get(event.id) ?? null));
  }
}

function toEntry(event: CalendarEvent, imported: ImportedRow | null): CalendarEntry {
  const { version, updatedAt, firstStart, lastEnd } = event;
  const known = imported && {
    ...imported,
    lastModified: imported.lastModified === null ? null : new Date(imported.lastModified),
  };
  const { sequence, lastModified } = revisionOf({ version, updatedAt, imported: known });
  return {
    uid: uidOf(event),
    content: toContent(event),
    sequence,
    stamp: updatedAt,
    lastModified: lastModified === null ? updatedAt : new Date(lastModified),
    kept: imported?.kept ?? {},
    firstStart,
    lastEnd,
  };
}
