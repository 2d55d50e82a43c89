import { Injectable } from '@nestjs/common';
import { AvailabilityService } from '../availability/availability.service.js';
import { EventLock, type LockedEvent } from '../history/event-lock.js';
import type { Member, RoleChange } from '../permissions/member.js';
import type { Role } from '../permissions/role.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Transactions } from '../platform/database/transactions.js';
import type { Actor } from '../platform/http/actor.js';
import { notFound, Problem } from '../problems/problem.js';
import { MembersWriter } from './members-writer.js';

/** Changes roles, revokes access and transfers ownership. */
@Injectable()
export class SharingService {
  constructor(
    private readonly locks: EventLock,
    private readonly writer: MembersWriter,
    private readonly availability: AvailabilityService,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Changes the role of a member. `owner` transfers the ownership, and the previous owner becomes an editor. Returns
   * the members.
   * @throws Problem owner_required for another role of the owner; event_conflict, not_found, forbidden
   */
  async changeRole(
    actor: Actor,
    eventId: string,
    userId: string,
    role: Role,
    onConflict: 'reject' | 'allow',
  ): Promise<Member[]> {
    return this.transactions.run(actor.origin, async (tx) => {
      const options = role === 'owner' ? { availabilityOf: userId } : {};
      const locked = await this.locks.lockFor(tx, actor, eventId, 'share', options);
      const from = roleOf(locked, userId);
      if (from === role) return locked.members;
      if (from === 'owner')
        throw new Problem('owner_required', {
          detail: 'The owner cannot change their own role. Transfer the ownership instead.',
        });
      if (role === 'owner') return (await this.transfer(tx, locked, actor, userId, onConflict)).members;
      return this.writer.write(tx, locked, actor, 'role_changed', [{ userId, from, to: role }]).members;
    });
  }

  /**
   * Revokes the access of a member, or lets the actor leave.
   * @throws Problem owner_required for the owner; not_found, forbidden
   */
  async revoke(actor: Actor, eventId: string, userId: string): Promise<void> {
    await this.transactions.run(actor.origin, async (tx) => {
      const isLeaving = userId === actor.userId;
      const locked = await this.locks.lockFor(tx, actor, eventId, isLeaving ? 'read' : 'share', {
        tellsOfDeletion: true,
      });
      const from = roleOf(locked, userId);
      if (from === 'owner')
        throw new Problem('owner_required', { detail: 'The owner cannot be removed. Transfer the ownership first.' });
      this.writer.write(tx, locked, actor, 'revoked', [{ userId, from, to: null }]);
    });
  }

  /**
   * Transfers the ownership of a locked event, and the time that it occupies, to a member. The availability of both
   * owners is locked.
   * @throws Problem event_conflict when the new owner is busy at that time
   */
  async transfer(
    tx: Transaction,
    locked: LockedEvent,
    actor: Actor,
    userId: string,
    onConflict: 'reject' | 'allow',
  ): Promise<LockedEvent> {
    await this.availability.move(tx, locked, userId, actor, onConflict);
    const roleChanges: RoleChange[] = [
      { userId, from: roleOf(locked, userId), to: 'owner' },
      { userId: locked.ownerId, from: 'owner', to: 'editor' },
    ];
    return this.writer.write(tx, locked, actor, 'ownership_transferred', roleChanges);
  }
}

/** @throws Problem not_found for a person who is not a member */
function roleOf(locked: LockedEvent, userId: string): Role {
  const member = locked.members.find((one) => one.userId === userId);
  if (!member) throw notFound();
  return member.role;
}
