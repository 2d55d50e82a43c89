import { Injectable } from '@nestjs/common';
import { EventLock } from '../history/event-lock.js';
import { RetryTransaction } from '../platform/database/database-errors.js';
import { Transactions } from '../platform/database/transactions.js';
import type { Actor } from '../platform/http/actor.js';
import { notFound } from '../problems/problem.js';
import { EVENTS_PER_PAGE, MembersRepository } from './members.repository.js';
import { MembersWriter } from './members-writer.js';
import { SharingService } from './sharing.service.js';

/** Removes people whose account was erased from their events. */
@Injectable()
export class LeaveEventsService {
  constructor(
    private readonly members: MembersRepository,
    private readonly writer: MembersWriter,
    private readonly sharing: SharingService,
    private readonly locks: EventLock,
    private readonly transactions: Transactions,
  ) {}

  /** Returns the events that an erased person has to leave, page by page; no page when nothing is left to do. */
  async *listEventsToLeave(userId: string): AsyncGenerator<string[]> {
    for (let after: string | null = null; ;) {
      const page: string[] = await this.members.listEventsToLeave(userId, after);
      if (page.length > 0) yield page;
      if (page.length < EVENTS_PER_PAGE) return;
      after = page.at(-1)!;
    }
  }

  /** Returns the erased people who are still members of an event. */
  listErasedMembers(): Promise<string[]> {
    return this.members.listErasedMembers();
  }

  /**
   * Removes a person from an event, also from one in the trash of its owner. The ownership of their own event is
   * transferred to their successor, even if the event conflicts with the successor's.
   * @returns false when no one else can own the event, and nothing was done
   * @throws Problem not_found when the event was moved to the trash meanwhile
   */
  async leave(actor: Actor, eventId: string): Promise<boolean> {
    const { userId } = actor;
    return this.transactions.run(actor.origin, async (tx) => {
      const successor = await this.members.findSuccessor(tx, eventId);
      const locked = await this.locks.lock(tx, eventId, successor ? { availabilityOf: successor } : {});
      const role = locked?.members.find((member) => member.userId === userId)?.role;
      if (!locked || !role) return true;
      if (role !== 'owner') {
        this.writer.write(tx, locked, actor, 'revoked', [{ userId, from: role, to: null }]);
        return true;
      }
      if (locked.event.deletedAt) throw notFound();
      if ((await this.members.findSuccessor(tx, eventId)) !== successor) throw new RetryTransaction();
      if (!successor) return false;
      const left = await this.sharing.transfer(tx, locked, actor, successor, 'allow');
      this.writer.write(tx, left, actor, 'revoked', [{ userId, from: 'editor', to: null }]);
      return true;
    });
  }
}
