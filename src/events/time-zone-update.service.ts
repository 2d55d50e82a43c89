import { Injectable } from '@nestjs/common';
import type { Conflict } from '../availability/conflict.js';
import { OwnerZones } from '../availability/owner-zones.js';
import { AvailabilityService } from '../availability/availability.service.js';
import { resolveTimes, showsLocal } from '../content/draft-times.js';
import type { CalendarEvent } from '../content/event.entity.js';
import { type EventContent, isSeries, toContent } from '../content/event-content.js';
import { seriesOf, applySeries } from '../content/series.js';
import { EventLock } from '../history/event-lock.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Transactions } from '../platform/database/transactions.js';
import { NO_REQUEST } from '../platform/tracing/request-origin.js';
import { formatLocalTime, parseLocalTime } from '../time/local-time.js';
import { toInstant, toLocal, tzdataVersion } from '../time/time-zone.js';
import { SYSTEM_ACTOR } from '../users/system-actor.js';
import { deriveColumns } from './event-row.js';
import { EventWriter } from './event-writer.js';
import { EventsRepository } from './events.repository.js';

/** An event whose instants changed with the time zone data. */
export interface MovedEvent {
  eventId: string;
  title: string;
  version: number;
  /** New conflicts. The event keeps its time anyway. */
  conflicts: Conflict[];
}

const CHUNK = 100;

/**
 * Recomputes instants after an upgrade of the time zone data, with which a wall time may be another instant. Events
 * keep their wall times. An event whose instants change gets a new version and a notification, and is checked for
 * conflicts.
 */
@Injectable()
export class TimeZoneUpdateService {
  constructor(
    private readonly events: EventsRepository,
    private readonly writer: EventWriter,
    private readonly availability: AvailabilityService,
    private readonly zones: OwnerZones,
    private readonly locks: EventLock,
    private readonly transactions: Transactions,
  ) {}

  /** Recomputes every event whose instants were computed with another edition. May be interrupted and repeated. */
  async recompute(): Promise<{ checked: number; moved: MovedEvent[] }> {
    const tzdata = tzdataVersion();
    const moved: MovedEvent[] = [];
    let checked = 0;
    // Those that are up to date have no index: one pass over all events, and not one for each chunk.
    for (let after: string | null = null; ;) {
      const stale: string[] = await this.events.listWithOtherTzdata(tzdata, after, CHUNK);
      after = stale.at(-1) ?? null;
      for (const eventId of stale) {
        const result = await this.transactions.run(NO_REQUEST, (tx) => this.recomputeOne(tx, eventId, tzdata));
        checked += 1;
        if (result) moved.push(result);
      }
      if (stale.length < CHUNK) return { checked, moved };
    }
  }

  private async recomputeOne(tx: Transaction, eventId: string, tzdata: string): Promise<MovedEvent | null> {
    const locked = await this.locks.lock(tx, eventId, { availability: true });
    if (!locked || locked.event.purgedAt) return null;
    const content = recomputeInstants(locked.event);
    const booking = await this.zones.book(tx, SYSTEM_ACTOR, { eventId, ownerId: locked.ownerId, content });
    if (isSameTime(locked.event, { ...content, ...deriveColumns(content) })) {
      const isSingle = !isSeries(content) && !content.allDay;
      const isUnmoved = isSingle || (await this.availability.isOccupying(tx, booking));
      // The occupancy of an all-day event follows its owner's zone. Nothing that a version contains has changed.
      if (!isUnmoved && content.allDay) await this.availability.occupyAgain(tx, locked.ownerId, [[booking]]);
      if (isUnmoved || content.allDay) {
        this.events.markTzdata(tx, eventId, tzdata);
        return null;
      }
    }
    const comment = `New time zone data (${tzdata}): the wall time stays, the instant moved`;
    const { event, conflicts } = await this.writer.rewrite(tx, locked, content, SYSTEM_ACTOR, comment);
    return { eventId, title: event.title, version: event.version, conflicts };
  }
}

type Times = Pick<CalendarEvent, 'startTime' | 'endTime' | 'firstStart' | 'lastEnd'>;

const isSameTime = (a: Times, b: Times): boolean =>
  (['startTime', 'endTime', 'firstStart', 'lastEnd'] as const).every(
    (name) => a[name]?.getTime() === b[name]?.getTime(),
  );

/** Returns the content with instants derived from its wall times. */
function recomputeInstants(event: CalendarEvent): EventContent {
  const content = toContent(event);
  if (isSeries(content)) return applySeries(content, seriesOf(content));
  const { timeZone } = content;
  const at = (instant: Date, local: string): Date => {
    // Keep an instant that still has this wall time. It may be the second of two equal wall times in a DST overlap.
    if (formatLocalTime(toLocal(instant.getTime() / 1_000, timeZone)) === local) return instant;
    return new Date(toInstant(parseLocalTime(local), timeZone).epochSecond * 1_000);
  };
  const startTime = at(content.startTime, content.localStart);
  const start = { instant: startTime, local: content.localStart };
  // Beside a start that the clocks skip, the end moved with it.
  if (!showsLocal(start, timeZone)) {
    const { localStart: start_time, localEnd: end_time, allDay } = content;
    const texts = allDay
      ? { start_time: start_time.slice(0, 10), end_time: end_time.slice(0, 10) }
      : { start_time, end_time };
    const resolved = resolveTimes({ ...texts, time_zone: timeZone, all_day: allDay }, null, timeZone);
    if ('times' in resolved) return { ...content, ...resolved.times };
  }
  return { ...content, startTime, endTime: at(content.endTime, content.localEnd) };
}
