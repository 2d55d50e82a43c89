import { Injectable } from '@nestjs/common';
import { NIL } from 'uuid';
import { type ContentInput, draftContent } from '../content/draft.js';
import type { EventContent } from '../content/event-content.js';
import { AccessService } from '../permissions/access.service.js';
import type { Queryable } from '../platform/database/database.js';
import { Transactions } from '../platform/database/transactions.js';
import type { Actor } from '../platform/http/actor.js';
import { invalid, notVisible } from '../problems/problem.js';
import { AvailabilityService } from '../availability/availability.service.js';
import type { BookingRequest } from '../availability/booking.js';
import { FindConflicts } from '../availability/find-conflicts.service.js';
import { OwnerZones } from '../availability/owner-zones.js';
import type { Conflict } from '../availability/conflict.js';
import type { SlotView } from '../availability/conflict-view.js';
import { EventsRepository } from './events.repository.js';

export interface ConflictCheck {
  conflicts: Conflict[];
  suggestions: SlotView[];
  possibleConflictsAfter: Conflict[];
}

/** Checks what a write would check, but without the lock: the result may be out of date at once. */
@Injectable()
export class CheckConflictsService {
  constructor(
    private readonly access: AccessService,
    private readonly availability: AvailabilityService,
    private readonly conflicts: FindConflicts,
    private readonly zones: OwnerZones,
    private readonly events: EventsRepository,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Returns the conflicts of an event, suggestions when there are any, and possible conflicts after the horizon.
   * @param eventId the event to update; null for a new event of the actor
   * @throws Problem validation_failed, not_found, forbidden
   */
  async check(actor: Actor, input: ContentInput, eventId: string | null): Promise<ConflictCheck> {
    const found = eventId === null ? null : await this.read(actor, eventId);
    const request = toRequest(actor, input, found);
    return this.transactions.run(actor.origin, async (tx) => {
      const booking = await this.zones.book(tx, actor, request);
      const conflicts = await this.conflicts.findNew(tx, booking, actor);
      return {
        conflicts,
        suggestions: conflicts.length > 0 ? await this.availability.suggest(tx, booking) : [],
        possibleConflictsAfter: await this.conflicts.findFar(tx, booking, actor),
      };
    });
  }

  private async read(actor: Actor, eventId: string): Promise<Found> {
    const read = (queries: Queryable): Promise<Omit<Found, 'eventId'> | null> =>
      this.events.findContent(queries, eventId);
    const options = { action: 'edit', tellsOfDeletion: false } as const;
    const found = await this.access.read(eventId, actor.userId, read, options);
    if (!found) throw notVisible();
    return { eventId, ...found };
  }
}

/** An event that is to be updated. */
interface Found {
  eventId: string;
  ownerId: string;
  content: EventContent;
}

/** @param found null for a new event of the actor @throws Problem validation_failed */
function toRequest(actor: Actor, input: ContentInput, found: Found | null): BookingRequest {
  const draft = draftContent(input, found?.content ?? null, actor.timeZone);
  if ('errors' in draft) throw invalid(...draft.errors);
  const { eventId, ownerId, content: before } = found ?? { eventId: NIL, ownerId: actor.userId };
  return { eventId, ownerId, content: draft.content, before };
}
