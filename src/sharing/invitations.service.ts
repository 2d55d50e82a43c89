import { Injectable, Logger } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { EventLock } from '../history/event-lock.js';
import { AccessService } from '../permissions/access.service.js';
import type { Queryable } from '../platform/database/database.js';
import { Transactions } from '../platform/database/transactions.js';
import type { Actor } from '../platform/http/actor.js';
import { notFound } from '../problems/problem.js';
import { type Invitation, InvitationsRepository } from './invitations.repository.js';
import { InvitationsWriter } from './invitations-writer.js';

/** Lists and revokes invitations by e-mail. */
@Injectable()
export class InvitationsService {
  private readonly logger = new Logger(InvitationsService.name);

  constructor(
    private readonly access: AccessService,
    private readonly invitations: InvitationsRepository,
    private readonly writer: InvitationsWriter,
    private readonly locks: EventLock,
    private readonly transactions: Transactions,
  ) {}

  /** Returns the invitations that can be accepted, oldest first. @throws Problem not_found, forbidden, event_deleted */
  list(actor: Actor, eventId: string): Promise<Invitation[]> {
    const list = (queries: Queryable): Promise<Invitation[]> => this.invitations.list(queries, eventId);
    return this.access.read(eventId, actor.userId, list, { action: 'share' });
  }

  /** @throws Problem not_found when there is no such invitation, also when it was accepted or has expired; forbidden */
  async revoke(actor: Actor, eventId: string, id: string): Promise<void> {
    await this.transactions.run(actor.origin, async (tx) => {
      const [locked, invitation] = await Promise.all([
        this.locks.lockFor(tx, actor, eventId, 'share'),
        this.invitations.find(tx, eventId, id),
      ]);
      if (!invitation) throw notFound();
      this.writer.revoke(tx, locked, actor, invitation);
    });
  }

  @Cron('0 23 * * * *', { name: 'prune-invitations' })
  async prune(): Promise<void> {
    try {
      await this.invitations.prune();
    } catch (error) {
      // Expired invitations are ignored even if they still exist. The next run deletes them.
      this.logger.error(error instanceof Error ? error.stack : error);
    }
  }
}
