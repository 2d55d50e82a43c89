import { Injectable } from '@nestjs/common';
import type { EventContent } from '../content/event-content.js';
import { PerTransaction, type Transaction } from '../platform/database/transaction.js';
import type { Actor } from '../platform/http/actor.js';
import { UsersService } from '../users/users.service.js';
import { type Booking, type BookingRequest, createBooking } from './booking.js';

/**
 * Makes bookings in the time of the events' owners. While the lock on an owner's availability is held, their zone does not
 * change (`AllDayEvents`), unless their account is erased, which leaves all events.
 */
@Injectable()
export class OwnerZones {
  private readonly known = new PerTransaction<Map<string, string>>(() => new Map());

  constructor(private readonly users: UsersService) {}

  /** Returns the booking of an event whose owner's availability is locked. */
  async book(tx: Transaction, actor: Actor, request: BookingRequest): Promise<Booking> {
    const contents = [request.content, ...(request.before ? [request.before] : [])];
    return createBooking(request, await this.find(tx, actor, request.ownerId, contents));
  }

  /** Returns the zone of an owner, or null when none of the contents lasts all day: then no booking needs it. */
  async find(
    tx: Transaction,
    actor: Actor,
    ownerId: string,
    contents: Pick<EventContent, 'allDay'>[],
  ): Promise<string | null> {
    if (!contents.some(({ allDay }) => allDay)) return null;
    const known = this.known.of(tx);
    const found = known.get(ownerId);
    if (found !== undefined) return found;
    const zone = await this.users.timeZone(tx, ownerId, ownerId === actor.userId ? actor.timeZone : null);
    known.set(ownerId, zone);
    return zone;
  }
}
