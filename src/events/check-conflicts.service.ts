import { Injectable } from '@nestjs/common';
import { NIL } from 'uuid';
import { type ContentInput, draftContent } from '../content/draft.js';
import { AccessService } from '../permissions/access.service.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Transactions } from '../platform/database/transactions.js';
import type { Actor } from '../platform/http/actor.js';
import { invalid, notVisible } from '../problems/problem.js';
import { AvailabilityService } from '../availability/availability.service.js';
import { type Booking, FindConflicts } from '../availability/find-conflicts.service.js';
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
    private readonly events: EventsRepository,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Returns the conflicts of an event, suggestions when there are any, and possible conflicts after the horizon.
   * @param eventId the event to update; null for a new event of the actor
   * @throws Problem validation_failed, not_found, forbidden
   */
  async check(actor: Actor, input: ContentInput, eventId: string | null): Promise<ConflictCheck> {
    if (eventId !== null) await this.access.require(eventId, actor.userId, 'edit', { tellsOfDeletion: false });
    return this.transactions.run(async (tx) => {
      const booking = await this.toBooking(tx, actor, input, eventId);
      const conflicts = await this.conflicts.findNew(tx, booking, actor);
      return {
        conflicts,
        suggestions: conflicts.length > 0 ? await this.availability.suggest(tx, booking) : [],
        possibleConflictsAfter: await this.conflicts.findFar(tx, booking, actor),
      };
    });
  }

  private async toBooking(
    tx: Transaction,
    actor: Actor,
    input: ContentInput,
    eventId: string | null,
  ): Promise<Booking> {
    const found = eventId === null ? null : await this.events.findContent(tx, eventId);
    if (eventId !== null && !found) throw notVisible();
    const draft = draftContent(input, found?.content ?? null, actor.timeZone);
    if ('errors' in draft) throw invalid(...draft.errors);
    return {
      eventId: eventId ?? NIL,
      ownerId: found?.ownerId ?? actor.userId,
      content: draft.content,
      before: found?.content,
    };
  }
}
