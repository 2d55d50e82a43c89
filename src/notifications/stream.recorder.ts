import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { type Change, isPeopleChange, type PersonChange } from '../platform/changes/change.js';
import { type ChangeListener, Changes, type Reader } from '../platform/changes/changes.js';
import type { Transaction } from '../platform/database/transactions.js';
import { Delivery } from './delivery.js';
import type { NotificationType, PeopleNamed } from './notification.entity.js';
import { type NewNotification, NotificationsRepository } from './notifications.repository.js';

const TYPE_OF: Record<Change['kind'], NotificationType> = {
  created: 'event_created',
  updated: 'event_updated',
  split: 'event_updated',
  rolled_back: 'event_rolled_back',
  deleted: 'event_deleted',
  restored: 'event_restored',
  shared: 'event_shared',
  role_changed: 'role_changed',
  revoked: 'access_revoked',
  ownership_transferred: 'ownership_transferred',
};

/** People named in one item besides its reader. */
const MOST_NAMED = 3;

/** Writes what happened into the stream of everybody who can see the event, and wakes the delivery after COMMIT. */
@Injectable()
export class StreamRecorder implements ChangeListener {
  private readonly readersOf = new WeakMap<Change, string[]>();

  constructor(
    private readonly notifications: NotificationsRepository,
    private readonly delivery: Delivery,
    changes: Changes,
  ) {
    changes.listen(this);
  }

  async beforeCommit(tx: Transaction, changes: Change[]): Promise<void> {
    const eventIds = [...new Set(changes.map((change) => change.eventId))];
    const onEvent = await this.notifications.listReaders(tx, eventIds);
    const items: NewNotification[] = [];
    for (const change of changes) {
      // Somebody who was just removed is told, though he can no longer see the event.
      const concerned = isPeopleChange(change) ? change.people.map((person) => person.userId) : [];
      const readers = [...new Set([...(onEvent.get(change.eventId) ?? []), ...concerned])];
      this.readersOf.set(change, readers);
      items.push(...readers.map((userId) => notification(change, userId)));
    }
    if (items.length > 0) await this.notifications.append(tx, items);
  }

  afterCommit(changes: Change[]): void {
    const removed = changes.filter(isPeopleChange).flatMap(({ people }) => people.filter(({ to }) => to === null));
    if (removed.length > 0) this.delivery.narrow(removed.map(({ userId }) => userId));
    this.delivery.publish([...new Set(changes.flatMap((change) => this.readersOf.get(change) ?? []))]);
  }

  /** One's own doing is no news. */
  async readers(tx: Transaction, changes: Change[]): Promise<Reader[]> {
    const told = changes.flatMap((change) =>
      (this.readersOf.get(change) ?? []).filter((userId) => userId !== change.actorId),
    );
    return this.notifications.listNames(tx, [...new Set(told)]);
  }
}

function notification(change: Change, userId: string): NewNotification {
  const people = isPeopleChange(change) ? change.people : null;
  return {
    id: uuidv7(),
    userId,
    // The tail of a split is a new event to its people.
    type: change.kind === 'split' && change.version === 1 ? 'event_created' : TYPE_OF[change.kind],
    eventId: change.eventId,
    eventTitle: change.eventTitle,
    version: change.version,
    actorId: change.actorId,
    changed: isPeopleChange(change) ? ['permissions'] : change.changed,
    people: people && named(people, userId),
    createdAt: change.at,
    // One's own doing is no news.
    readAt: change.actorId === userId ? change.at : null,
  };
}

function named(people: PersonChange[], readerId: string): PeopleNamed {
  const reader = people.filter((person) => person.userId === readerId);
  const others = people.filter((person) => person.userId !== readerId).slice(0, MOST_NAMED);
  return { named: [...reader, ...others], total: people.length };
}
