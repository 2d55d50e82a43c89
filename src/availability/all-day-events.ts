import { Injectable } from '@nestjs/common';
import { EventLock } from '../history/event-lock.js';
import type { Transaction } from '../platform/database/transaction.js';
import { UsersService } from '../users/users.service.js';
import { AvailabilityService } from './availability.service.js';
import { type Booking, createBooking } from './booking.js';
import { OccupancyRepository } from './occupancy.repository.js';

const CHUNK = 200;

/**
 * Moves the time of all-day events when their owner changes zone: they take up the same dates, where the owner now is. Like
 * an event that was there before, none is refused or deleted if it conflicts then.
 */
@Injectable()
export class AllDayEvents {
  constructor(
    private readonly availability: AvailabilityService,
    private readonly occupancies: OccupancyRepository,
    private readonly locks: EventLock,
    users: UsersService,
  ) {
    users.zoneChanging.on((tx, userId, zone) => this.move(tx, userId, zone));
  }

  /** Locks the availability of a person until the transaction ends, which stores the new zone. */
  private async move(tx: Transaction, userId: string, zone: string): Promise<void> {
    this.locks.lockAvailability(tx, [userId]);
    await this.availability.occupyAnew(tx, userId, this.listBookings(tx, userId, zone));
  }

  private async *listBookings(tx: Transaction, userId: string, zone: string): AsyncGenerator<Booking[]> {
    for (let after: string | null = null; ;) {
      const events = await this.occupancies.listAllDayOutside(tx, userId, zone, after, CHUNK);
      yield events.map(({ eventId, ...content }) => createBooking({ eventId, ownerId: userId, content }, zone));
      after = events.at(-1)?.eventId ?? null;
      if (events.length < CHUNK) return;
    }
  }
}
