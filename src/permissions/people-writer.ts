import { Injectable } from '@nestjs/common';
import type { PeopleKind } from '../platform/changes/change.js';
import { Config } from '../platform/config/config.js';
import type { Transaction } from '../platform/database/transactions.js';
import type { Actor } from '../platform/http/actor.js';
import { Problem } from '../platform/http/problem.js';
import { type LockedEvent, PermissionsRepository } from './permissions.repository.js';
import type { Role } from './role.js';

/** A person's role before and after; null is "not on the event". */
export interface RoleChange {
  userId: string;
  from: Role | null;
  to: Role | null;
}

export interface Handover {
  eventId: string;
  toUserId: string;
  actor: Actor;
  onConflict: 'reject' | 'allow';
}

/** Runs first in the transaction of a handover, before any lock: an event's time moves with its owner. */
type HandoverListener = (tx: Transaction, handover: Handover) => Promise<void>;

/** The one door through which people come onto an event, change roles and go: roles and history in one step. */
@Injectable()
export class PeopleWriter {
  private readonly handoverListeners: HandoverListener[] = [];

  constructor(
    private readonly permissions: PermissionsRepository,
    private readonly config: Config,
  ) {}

  onHandover(listener: HandoverListener): void {
    this.handoverListeners.push(listener);
  }

  /** Before the lock of an event that somebody else will own. @throws Problem event_conflict when he is busy then */
  async moveTime(tx: Transaction, handover: Handover): Promise<void> {
    for (const listener of this.handoverListeners) await listener(tx, handover);
  }

  /**
   * Does nothing for nobody. The event is locked, and the actor may do it.
   * @throws Problem too_many_people
   */
  async write(
    tx: Transaction,
    event: LockedEvent,
    actor: Actor,
    kind: PeopleKind,
    people: RoleChange[],
    comment: string | null = null,
  ): Promise<void> {
    if (people.length === 0) return;
    const at = new Date();
    const gone = people.filter(({ to }) => to === null).map(({ userId }) => userId);
    const given = people.flatMap(({ userId, to: role }) => (role ? [{ userId, role }] : []));
    await this.refuseCrowd(tx, event.id, people.filter(({ from }) => from === null).length);
    await this.permissions.setRoles(tx, event.id, given, actor.userId, at);
    await this.permissions.remove(tx, event.id, gone);
    const { id: eventId, title: eventTitle, version } = event;
    tx.record({ kind, eventId, eventTitle, version, actorId: actor.userId, at, comment, people });
  }

  private async refuseCrowd(tx: Transaction, eventId: string, coming: number): Promise<void> {
    if (coming === 0) return;
    const { maxPeople } = this.config.values;
    if ((await this.permissions.listRoles(tx, eventId)).size + coming <= maxPeople) return;
    throw new Problem('too_many_people', { detail: `At most ${maxPeople} people on an event.` });
  }
}
