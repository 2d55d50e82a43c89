import { Injectable } from '@nestjs/common';
import { NIL } from 'uuid';
import { AccessService } from '../permissions/access.service.js';
import { PermissionsService } from '../permissions/permissions.service.js';
import { type Transaction, Transactions } from '../platform/database/transactions.js';
import type { Actor } from '../platform/http/actor.js';
import { invalid, notFound } from '../platform/http/problem.js';
import type { SlotView } from '../platform/openapi/problem-views.js';
import { type Claim, ConflictsService } from './conflicts.service.js';
import { contentOf } from './event-content.js';
import { type ContentInput, draftContent } from './event-draft.js';
import type { Conflict } from './events.errors.js';
import { EventsRepository } from './events.repository.js';

export interface ConflictCheck {
  conflicts: Conflict[];
  suggestions: SlotView[];
  possibleConflictsAfter: Conflict[];
}

/** Asks what a write would ask, without the lock: nothing is promised beyond the moment of the answer. */
@Injectable()
export class ConflictCheckService {
  constructor(
    private readonly access: AccessService,
    private readonly conflicts: ConflictsService,
    private readonly events: EventsRepository,
    private readonly permissions: PermissionsService,
    private readonly transactions: Transactions,
  ) {}

  /**
   * @param eventId the event that would be changed, null for a new one of the actor's
   * @throws Problem validation_failed, not_found, forbidden
   */
  async check(actor: Actor, input: ContentInput, eventId: string | null): Promise<ConflictCheck> {
    if (eventId !== null) await this.access.require(eventId, actor.userId, 'edit');
    return this.transactions.run(async (tx) => {
      const claim = await this.claim(tx, actor, input, eventId);
      const conflicts = await this.conflicts.find(tx, claim, actor);
      return {
        conflicts,
        suggestions: conflicts.length > 0 ? await this.conflicts.suggest(tx, claim) : [],
        possibleConflictsAfter: await this.conflicts.findFar(tx, claim, actor),
      };
    });
  }

  private async claim(tx: Transaction, actor: Actor, input: ContentInput, eventId: string | null): Promise<Claim> {
    const current = eventId === null ? null : contentOf(await this.events.get(tx, eventId));
    const ownerId = eventId === null ? actor.userId : await this.permissions.findOwner(tx, eventId);
    if (ownerId === null) throw notFound();
    const draft = draftContent(input, current, actor.timeZone);
    if ('errors' in draft) throw invalid(...draft.errors);
    return { eventId: eventId ?? NIL, ownerId, content: draft.content };
  }
}
