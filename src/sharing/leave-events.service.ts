import { Injectable } from '@nestjs/common';
import { EventLock } from '../history/event-lock.js';
import { RetryTransaction } from '../platform/database/database-errors.js';
import { Transactions } from '../platform/database/transactions.js';
import type { Actor } from '../platform/http/actor.js';
import { notFound } from '../problems/problem.js';
import { MembersRepository } from './members.repository.js';
import { MembersWriter } from './members-writer.js';
import { SharingService } from './sharing.service.js';

/** Takes people whose account was erased out of the events they are still members of. */
@Injectable()
export class LeaveEventsService {
  constructor(
    private readonly members: MembersRepository,
    private readonly writer: MembersWriter,
    private readonly sharing: SharingService,
    private readonly locks: EventLock,
    private readonly transactions: Transactions,
  ) {}

  /** Returns the next events that an erased person has to leave; none when there are no more. */
  listEventsToLeave(userId: string): Promise<string[]> {
    return this.members.listEventsToLeave(userId);
  }

  /** Returns the erased people who are still members of some event. */
  listErasedMembers(): Promise<string[]> {
    return this.members.listErasedMembers();
  }

  /**
   * Takes a person out of an event, also out of the trash of another. An event they own goes to the next member in line,
   * whether that one is free then or not.
   * @returns false when nobody else could own the event, and nothing was done
   * @throws Problem not_found when the event went to the trash meanwhile
   */
  async leave(actor: Actor, eventId: string): Promise<boolean> {
    const { userId } = actor;
    return this.transactions.run(async (tx) => {
      const heir = await this.members.findHeir(tx, eventId);
      const locked = await this.locks.lock(tx, eventId, heir ? { availabilityOf: heir } : {});
      const role = locked?.members.find((member) => member.userId === userId)?.role;
      if (!locked || !role) return true;
      if (role !== 'owner') {
        await this.writer.write(tx, locked, actor, 'revoked', [{ userId, from: role, to: null }]);
        return true;
      }
      if (locked.event.deletedAt) throw notFound();
      if ((await this.members.findHeir(tx, eventId)) !== heir) throw new RetryTransaction();
      if (!heir) return false;
      const left = await this.sharing.transfer(tx, locked, actor, heir, 'allow');
      await this.writer.write(tx, left, actor, 'revoked', [{ userId, from: 'editor', to: null }]);
      return true;
    });
  }
}
