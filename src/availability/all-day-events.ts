import { Injectable, Logger } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { NIL } from 'uuid';
import { toContent } from '../content/event-content.js';
import { EventLock } from '../history/event-lock.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Transactions } from '../platform/database/transactions.js';
import { NO_REQUEST } from '../platform/tracing/request-origin.js';
import { toInstant, toLocal } from '../time/time-zone.js';
import { SYSTEM_ACTOR } from '../users/system-actor.js';
import { UsersService } from '../users/users.service.js';
import { AvailabilityService } from './availability.service.js';
import { type Booking, createBooking } from './booking.js';
import { OccupancyRepository, type StoredDays } from './occupancy.repository.js';
import { OwnerZones } from './owner-zones.js';

const CHUNK = 200;

/**
 * Moves the time of all-day events when their owner changes zone: they take up the same dates, where the owner now is. Like
 * an event that was there before, none is refused or deleted if it conflicts then.
 */
@Injectable()
export class AllDayEvents {
  private readonly logger = new Logger(AllDayEvents.name);

  constructor(
    private readonly availability: AvailabilityService,
    private readonly occupancies: OccupancyRepository,
    private readonly zones: OwnerZones,
    private readonly locks: EventLock,
    private readonly transactions: Transactions,
    users: UsersService,
  ) {
    users.zoneChanging.on((tx, userId, zone) => this.move(tx, userId, zone));
  }

  @Cron('0 47 3 * * *', { name: 'renew-all-day', timeZone: 'UTC' })
  async runNightly(): Promise<void> {
    try {
      const renewed = await this.renew();
      if (renewed > 0) this.logger.log('the time of all-day events was stored again', { renewed });
    } catch (error) {
      // The job runs again the next night.
      this.logger.error(error instanceof Error ? error.stack : error);
    }
  }

  /**
   * Stores the occupancy of all-day events again if it does not begin and end at midnight in their owner's zone: during an
   * upgrade, servers of the previous version use the zone of the event. Returns how many events it corrected.
   */
  async renew(): Promise<number> {
    let renewed = 0;
    for (let after: string = NIL; ;) {
      const stored = await this.occupancies.listStoredAllDay(after, CHUNK);
      for (const { eventId } of stored.filter((one) => !isInZone(one)))
        if (await this.transactions.run(NO_REQUEST, (tx) => this.renewOne(tx, eventId))) renewed += 1;
      if (stored.length < CHUNK) return renewed;
      after = stored.at(-1)!.eventId;
    }
  }

  private async renewOne(tx: Transaction, eventId: string): Promise<boolean> {
    const locked = await this.locks.lock(tx, eventId, { availability: true });
    if (!locked?.event.allDay) return false;
    const { event, ownerId } = locked;
    const booking = await this.zones.book(tx, SYSTEM_ACTOR, { eventId, ownerId, content: toContent(event) });
    if (await this.availability.isOccupying(tx, booking)) return false;
    await this.availability.occupyAgain(tx, ownerId, [[booking]]);
    return true;
  }

  /** Locks the availability of a person until the transaction ends, which stores the new zone. */
  private async move(tx: Transaction, userId: string, zone: string): Promise<void> {
    this.locks.lockAvailability(tx, [userId]);
    const eventIds = await this.occupancies.listAllDayOutside(tx, userId, zone);
    await this.availability.occupyAgain(tx, userId, this.listBookings(tx, userId, zone, eventIds));
  }

  private async *listBookings(
    tx: Transaction,
    ownerId: string,
    zone: string,
    eventIds: string[],
  ): AsyncGenerator<Booking[]> {
    for (let from = 0; from < eventIds.length; from += CHUNK) {
      const events = await this.occupancies.listContents(tx, eventIds.slice(from, from + CHUNK));
      yield events.map((event) => createBooking({ ...event, ownerId }, zone));
    }
  }
}

/** Whether stored days begin and end at midnight in a zone; true when nothing is stored. */
const isInZone = ({ zone, start, end }: StoredDays): boolean =>
  [start, end].every(
    (instant) =>
      instant === null || toInstant({ day: toLocal(instant, zone).day, second: 0 }, zone).epochSecond === instant,
  );
