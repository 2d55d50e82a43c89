import { Injectable } from '@nestjs/common';
import { AvailabilityService } from '../availability/availability.service.js';
import { EventLock, type LockedEvent } from '../history/event-lock.js';
import type { Member, RoleChange } from '../permissions/member.js';
import type { Role } from '../permissions/role.js';
import { Config } from '../platform/config/config.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Transactions } from '../platform/database/transactions.js';
import type { Actor } from '../platform/http/actor.js';
import { type FieldError, invalid, invalidValues, notFound, Problem } from '../problems/problem.js';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { MembersWriter } from './members-writer.js';
import { resolveShareRequests, type ShareRequest } from './share-request.js';

/** Shares events, changes roles, revokes access and transfers ownership. */
@Injectable()
export class SharingService {
  constructor(
    private readonly locks: EventLock,
    private readonly writer: MembersWriter,
    private readonly availability: AvailabilityService,
    private readonly users: UsersService,
    private readonly transactions: Transactions,
    private readonly config: Config,
  ) {}

  /**
   * Shares an event with several people, all or nothing: an unknown person or an invalid role rejects the whole call,
   * with a pointer for each. Sharing again changes the role. Returns the members.
   * @param known errors of requests that are not checked further
   * @throws Problem validation_failed, too_many_people, not_found, forbidden
   */
  async share(actor: Actor, eventId: string, requests: ShareRequest[], known: FieldError[] = []): Promise<Member[]> {
    return this.transactions.run(async (tx) => {
      const [found, locked] = await Promise.all([
        this.findPeople(tx, requests),
        this.locks.lockFor(tx, actor, eventId, 'share'),
      ]);
      const { people, errors } = resolveShareRequests(requests, found, known, locked.ownerId);
      if (errors.length > 0) throw invalidValues(errors);
      const roles = new Map(locked.members.map(({ userId, role }) => [userId, role]));
      const wanted = people.map(({ userId, role }) => ({ userId, from: roles.get(userId) ?? null, to: role }));
      const added = wanted.filter(({ from }) => from === null);
      const changed = wanted.filter(({ from, to }) => from !== null && from !== to);
      const usernames = new Map(found.flatMap((user) => (user ? [[user.id, user.username]] : [])));
      const shared = this.writer.write(tx, locked, actor, 'shared', added, { usernames });
      return this.writer.write(tx, shared, actor, 'role_changed', changed).members;
    });
  }

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
    return this.transactions.run(async (tx) => {
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
    await this.transactions.run(async (tx) => {
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

  private findPeople(tx: Transaction, requests: ShareRequest[]): Promise<(User | null)[]> {
    const { maxShare } = this.config.values;
    if (requests.length > maxShare) {
      throw invalid({ pointer: '/users', code: 'too_many', message: `At most ${maxShare} people per call.` });
    }
    return this.users.findAll(tx, requests);
  }
}

/** @throws Problem not_found for a person who is not a member */
function roleOf(locked: LockedEvent, userId: string): Role {
  const member = locked.members.find((one) => one.userId === userId);
  if (!member) throw notFound();
  return member.role;
}
