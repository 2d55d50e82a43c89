import { Injectable } from '@nestjs/common';
import type { PeopleKind, PersonChange } from '../platform/changes/change.js';
import { Config } from '../platform/config/config.js';
import { RetryTransaction } from '../platform/database/database-errors.js';
import { type Transaction, Transactions } from '../platform/database/transactions.js';
import type { Actor } from '../platform/http/actor.js';
import { type FieldError, invalid, notFound, Problem } from '../platform/http/problem.js';
import { type PersonName, UsersService } from '../users/users.service.js';
import { AccessService } from './access.service.js';
import { type LockedEvent, PermissionsRepository } from './permissions.repository.js';
import type { Acquaintance, PersonOnEvent } from './person-on-event.js';
import type { Role } from './role.js';

export interface ShareRequest extends PersonName {
  role: Role;
}

export interface Handover {
  eventId: string;
  toUserId: string;
  actor: Actor;
  onConflict: 'reject' | 'allow';
}

/** Runs first in the transaction of a handover, before any lock: an event's time moves with its owner. */
type HandoverListener = (tx: Transaction, handover: Handover) => Promise<void>;

@Injectable()
export class PermissionsService {
  private readonly handoverListeners: HandoverListener[] = [];

  constructor(
    private readonly permissions: PermissionsRepository,
    private readonly access: AccessService,
    private readonly users: UsersService,
    private readonly transactions: Transactions,
    private readonly config: Config,
  ) {}

  onHandover(listener: HandoverListener): void {
    this.handoverListeners.push(listener);
  }

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
      const added = people.filter(({ userId }) => !current.has(userId));
      const changed = people.filter(({ userId, role }) => current.has(userId) && current.get(userId) !== role);
      const { maxPeople } = this.config.values;
      if (current.size + added.length > maxPeople) {
        throw new Problem('too_many_people', { detail: `At most ${maxPeople} people on an event.` });
      }
      const at = new Date();
      await this.permissions.setRoles(tx, eventId, [...added, ...changed], actor.userId, at);
      const difference = ({ userId, role }: { userId: string; role: Role }): PersonChange => ({
        userId,
        from: current.get(userId) ?? null,
        to: role,
      });
      record(tx, event, actor, at, 'shared', added.map(difference));
      record(tx, event, actor, at, 'role_changed', changed.map(difference));
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
        for (const listener of this.handoverListeners) {
          await listener(tx, { eventId, toUserId: userId, actor, onConflict });
        }
      }
      const event = await this.access.lock(tx, eventId, actor.userId, 'share');
      const from = (await this.permissions.listRoles(tx, eventId)).get(userId);
      if (from === undefined) throw notFound();
      if (from === role) return this.list(eventId, tx);
      if (from === 'owner') throw new Problem('owner_required', { detail: 'Hand the event over instead.' });
      const at = new Date();
      if (role !== 'owner') {
        await this.permissions.setRoles(tx, eventId, [{ userId, role }], actor.userId, at);
        record(tx, event, actor, at, 'role_changed', [{ userId, from, to: role }]);
        return this.list(eventId, tx);
      }
      await this.handOver(tx, event, actor, userId, at);
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
      await this.permissions.remove(tx, eventId, userId);
      record(tx, event, actor, new Date(), 'revoked', [{ userId, from, to: null }]);
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
      if (toUserId) {
        for (const listener of this.handoverListeners) {
          await listener(tx, { eventId, toUserId, actor, onConflict: 'allow' });
        }
      }
      const event = await this.permissions.lockEvent(tx, eventId, userId);
      const heir = owns ? await this.permissions.findHeir(tx, eventId) : null;
      if ((event?.role === 'owner') !== owns || heir !== toUserId) throw new RetryTransaction();
      if (!event?.role) return true;
      const at = new Date();
      if (toUserId) await this.handOver(tx, event, actor, toUserId, at);
      await this.permissions.remove(tx, eventId, userId);
      record(tx, event, actor, at, 'revoked', [{ userId, from: toUserId ? 'editor' : event.role, to: null }]);
      return true;
    });
  }

  /** The new owner is on the event already; the old one becomes an editor. */
  private async handOver(tx: Transaction, event: LockedEvent, actor: Actor, userId: string, at: Date): Promise<void> {
    const from = (await this.permissions.listRoles(tx, event.id)).get(userId) ?? null;
    const roles = [
      { userId: event.ownerId, role: 'editor' as const },
      { userId, role: 'owner' as const },
    ];
    await this.permissions.setRoles(tx, event.id, roles, actor.userId, at);
    record(tx, event, actor, at, 'ownership_transferred', [
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
    const found = await this.users.findAll(tx, requests);
    const seen = new Set<string>();
    const errors: FieldError[] = [];
    const people = requests.map((request, index) => {
      const pointer = `/users/${index}`;
      const names = [request.userId, request.username, request.email].filter((name) => name !== undefined);
      const user = found[index];
      if (names.length !== 1) {
        errors.push({ pointer, code: 'required', message: 'Give exactly one of `user_id`, `username`, `email`.' });
      } else if (!user) {
        errors.push({ pointer, code: 'unknown_person', message: 'Nobody has that name.' });
      } else if (seen.has(user.id)) {
        errors.push({ pointer, code: 'duplicate', message: 'This person stands in the list twice.' });
      }
      if (request.role === 'owner') {
        const message = 'An event is handed over with PUT …/permissions/{userId}, not shared.';
        errors.push({ pointer: `${pointer}/role`, code: 'not_allowed', message });
      }
      if (user) seen.add(user.id);
      return { userId: user?.id ?? '', role: request.role };
    });
    if (errors.length > 0) throw invalid(...errors);
    return people;
  }
}

function refuseOwner(people: { userId: string }[], ownerId: string): void {
  const index = people.findIndex(({ userId }) => userId === ownerId);
  if (index === -1) return;
  const message = 'The owner already has every right; hand the event over instead.';
  throw invalid({ pointer: `/users/${index}`, code: 'not_allowed', message });
}

function record(
  tx: Transaction,
  event: LockedEvent,
  actor: Actor,
  at: Date,
  kind: PeopleKind,
  people: PersonChange[],
): void {
  if (people.length === 0) return;
  const { id: eventId, title: eventTitle, version } = event;
  tx.record({ kind, eventId, eventTitle, version, actorId: actor.userId, at, comment: null, people });
}
