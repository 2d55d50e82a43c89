import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import { RetryTransaction } from '../platform/database/database-errors.js';
import { type Transaction, Transactions } from '../platform/database/transactions.js';
import type { Actor } from '../platform/http/actor.js';
import { invalid, notFound, Problem } from '../platform/http/problem.js';
import { UsersService } from '../users/users.service.js';
import { AccessService } from './access.service.js';
import { PeopleWriter } from './people-writer.js';
import { type LockedEvent, PermissionsRepository } from './permissions.repository.js';
import type { Acquaintance, PersonOnEvent } from './person-on-event.js';
import type { Role } from './role.js';
import { namedPeople, refuseOwner, type ShareRequest } from './share-request.js';

@Injectable()
export class PermissionsService {
  constructor(
    private readonly permissions: PermissionsRepository,
    private readonly writer: PeopleWriter,
    private readonly access: AccessService,
    private readonly users: UsersService,
    private readonly transactions: Transactions,
    private readonly config: Config,
  ) {}

  /**
   * Finds the event's owner, lets the caller lock what hangs on him, and makes sure that he still is the owner then.
   * @throws RetryTransaction when the event was handed over meanwhile
   */
  async lockOwner(tx: Transaction, eventId: string, lock: (ownerId: string) => Promise<void>): Promise<string> {
    const ownerId = await this.permissions.findOwner(tx, eventId);
    if (!ownerId) throw new Error(`Event ${eventId} has no owner`);
    await lock(ownerId);
    if ((await this.permissions.findOwner(tx, eventId)) !== ownerId) throw new RetryTransaction();
    return ownerId;
  }

  findOwner(tx: Transaction, eventId: string): Promise<string | null> {
    return this.permissions.findOwner(tx, eventId);
  }

  list(eventId: string, tx?: Transaction): Promise<PersonOnEvent[]> {
    return this.permissions.listPeople([eventId], tx);
  }

  /** Who is on the event. @throws Problem not_found for a deleted one, of which only the past is to be seen */
  async listNow(actor: Actor, eventId: string): Promise<PersonOnEvent[]> {
    await this.access.require(eventId, actor.userId, 'read');
    return this.list(eventId);
  }

  /** Who was on the event at a moment. @throws Problem not_found when it did not exist yet */
  async listThen(eventId: string, asOf: Date): Promise<PersonOnEvent[]> {
    const people = await this.permissions.listPeopleThen(eventId, asOf);
    if (people.length === 0) throw notFound();
    return people;
  }

  /** Who of the people shares an event with somebody, in any role, or is that person. */
  listAcquaintances(userId: string, ids: string[]): Promise<Acquaintance[]> {
    return this.permissions.listAcquaintances(userId, ids);
  }

  /** Everybody on one event is on another as well, in the same roles. Not a change by itself: part of a split. */
  copyPeople(tx: Transaction, fromEventId: string, toEventId: string): Promise<void> {
    return this.permissions.copyPeople(tx, fromEventId, toEventId);
  }

  /** Makes the creator of a new event its owner. Not a change by itself: it is part of the creation. */
  async createOwner(tx: Transaction, eventId: string, userId: string, at: Date): Promise<void> {
    await this.permissions.setRoles(tx, eventId, [{ userId, role: 'owner' }], userId, at);
  }

  /**
   * All or nothing: one unknown person or impossible role refuses the whole call, with a pointer for each.
   * @throws Problem validation_failed, too_many_people, not_found, forbidden
   */
  async share(actor: Actor, eventId: string, requests: ShareRequest[]): Promise<PersonOnEvent[]> {
    return this.transactions.run(async (tx) => {
      const people = await this.resolve(tx, requests);
      const event = await this.access.lock(tx, eventId, actor.userId, 'share');
      const current = await this.permissions.listRoles(tx, eventId);
      refuseOwner(people, event.ownerId);
      const given = people.map(({ userId, role }) => ({ userId, from: current.get(userId) ?? null, to: role }));
      const [added, others] = [given.filter(({ from }) => from === null), given.filter(({ from }) => from !== null)];
      await this.writer.write(tx, event, actor, 'shared', added);
      const changed = others.filter(({ from, to }) => from !== to);
      await this.writer.write(tx, event, actor, 'role_changed', changed);
      return this.list(eventId, tx);
    });
  }

  /**
   * Gives a person who is on the event another role; `owner` hands the event over and makes the old owner an editor.
   * @throws Problem owner_required when the owner would lower himself, event_conflict, not_found, forbidden
   */
  async changeRole(
    actor: Actor,
    eventId: string,
    userId: string,
    role: Role,
    onConflict: 'reject' | 'allow',
  ): Promise<PersonOnEvent[]> {
    return this.transactions.run(async (tx) => {
      // Only people on the event can be asked for: a handover to a stranger would tell when he is busy.
      const current = await this.permissions.listRoles(tx, eventId);
      if (role === 'owner' && current.has(userId) && current.get(userId) !== 'owner') {
        await this.writer.moveTime(tx, { eventId, toUserId: userId, actor, onConflict });
      }
      const event = await this.access.lock(tx, eventId, actor.userId, 'share');
      const from = (await this.permissions.listRoles(tx, eventId)).get(userId);
      if (from === undefined) throw notFound();
      if (from === role) return this.list(eventId, tx);
      if (from === 'owner') throw new Problem('owner_required', { detail: 'Hand the event over instead.' });
      if (role === 'owner') await this.handOver(tx, event, actor, userId, from);
      else await this.writer.write(tx, event, actor, 'role_changed', [{ userId, from, to: role }]);
      return this.list(eventId, tx);
    });
  }

  /**
   * Removes a person, or lets one leave.
   * @throws Problem owner_required for the owner, not_found, forbidden
   */
  async revoke(actor: Actor, eventId: string, userId: string): Promise<void> {
    await this.transactions.run(async (tx) => {
      const leaving = userId === actor.userId;
      const event = await this.access.lock(tx, eventId, actor.userId, leaving ? 'read' : 'share');
      const from = (await this.permissions.listRoles(tx, eventId)).get(userId);
      if (from === undefined) throw notFound();
      if (from === 'owner') throw new Problem('owner_required', { detail: 'The owner cannot be removed.' });
      await this.writer.write(tx, event, actor, 'revoked', [{ userId, from, to: null }]);
    });
  }

  listEventsToLeave(userId: string): Promise<string[]> {
    return this.permissions.listEventsToLeave(userId);
  }

  /** People who were erased and are still on some event. */
  listErasedPeople(): Promise<string[]> {
    return this.permissions.listErasedPeople();
  }

  /**
   * Takes a person who is erased off an event, also from the trash of another. What he owns goes to the next in line,
   * whether that one is free then or not.
   * @returns false when there is nobody to have it, and nothing was done
   * @throws Problem not_found when it went to the trash meanwhile
   */
  async depart(actor: Actor, eventId: string): Promise<boolean> {
    const { userId } = actor;
    return this.transactions.run(async (tx) => {
      const owns = (await this.permissions.findOwner(tx, eventId)) === userId;
      const toUserId = owns ? await this.permissions.findHeir(tx, eventId) : null;
      if (owns && !toUserId) return false;
      if (toUserId) await this.writer.moveTime(tx, { eventId, toUserId, actor, onConflict: 'allow' });
      const event = await this.permissions.lockEvent(tx, eventId, userId);
      const heir = owns ? await this.permissions.findHeir(tx, eventId) : null;
      if ((event?.role === 'owner') !== owns || heir !== toUserId) throw new RetryTransaction();
      if (!event?.role) return true;
      if (toUserId) {
        const from = (await this.permissions.listRoles(tx, eventId)).get(toUserId)!;
        await this.handOver(tx, event, actor, toUserId, from);
      }
      const from = toUserId ? 'editor' : event.role;
      await this.writer.write(tx, event, actor, 'revoked', [{ userId, from, to: null }]);
      return true;
    });
  }

  /** The new owner is on the event already; the old one becomes an editor. */
  private handOver(tx: Transaction, event: LockedEvent, actor: Actor, userId: string, from: Role): Promise<void> {
    return this.writer.write(tx, event, actor, 'ownership_transferred', [
      { userId, from, to: 'owner' },
      { userId: event.ownerId, from: 'owner', to: 'editor' },
    ]);
  }

  /** Finds everybody who was named. @throws Problem validation_failed with a pointer for each bad entry */
  private async resolve(tx: Transaction, requests: ShareRequest[]): Promise<{ userId: string; role: Role }[]> {
    const { maxShare } = this.config.values;
    if (requests.length > maxShare) {
      throw invalid({ pointer: '/users', code: 'too_many', message: `At most ${maxShare} people a call.` });
    }
    return namedPeople(requests, await this.users.findAll(tx, requests));
  }
}
