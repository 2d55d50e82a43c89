import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { type Change, isMembersChange } from '../history/change.js';
import { Changes } from '../history/changes.js';
import type { RoleChange } from '../permissions/member.js';
import { PerTransaction, type Transaction } from '../platform/database/transactions.js';
import { Hook } from '../platform/hooks/hook.js';
import type { NamedMembers, NotificationType } from './notification.entity.js';
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

/** People named in one item besides its recipient. */
const MAX_NAMED = 3;

/** Writes what happened into the stream of everybody who can see the event. */
@Injectable()
export class StreamRecorder {
  /** After COMMIT: who has new items in their stream, and who lost access to an event. */
  readonly published = new Hook<[recipients: string[], revoked: string[]]>('StreamRecorder.published');

  private readonly recipientsOf = new PerTransaction<Map<Change, string[]>>(() => new Map());

  constructor(
    private readonly notifications: NotificationsRepository,
    changes: Changes,
  ) {
    changes.beforeCommit.on((tx, happened) => this.write(tx, happened));
    changes.afterCommit.on((tx, happened) => this.publish(tx, happened));
  }

  /** Returns the people, without those who made the changes, who get items of a transaction. */
  async listNotified(tx: Transaction): Promise<{ id: string; username: string }[]> {
    const others = [...this.recipientsOf.of(tx)].flatMap(([change, recipients]) =>
      recipients.filter((userId) => userId !== change.actorId),
    );
    return this.notifications.listNames(tx, [...new Set(others)]);
  }

  private async write(tx: Transaction, changes: readonly Change[]): Promise<void> {
    const eventIds = [...new Set(changes.map((change) => change.eventId))];
    const members = await this.notifications.listMembers(tx, eventIds);
    const items: NewNotification[] = [];
    for (const change of changes) {
      // A member whose access is revoked receives one last item.
      const concerned = isMembersChange(change) ? change.members.map(({ userId }) => userId) : [];
      const recipients = [...new Set([...(members.get(change.eventId) ?? []), ...concerned])];
      this.recipientsOf.of(tx).set(change, recipients);
      items.push(...recipients.map((userId) => toNotification(change, userId)));
    }
    if (items.length > 0) await this.notifications.append(tx, items);
  }

  private publish(tx: Transaction, changes: readonly Change[]): void {
    const revoked = changes.filter(isMembersChange).flatMap(({ members }) => members.filter(({ to }) => to === null));
    const recipients = [...this.recipientsOf.of(tx).values()].flat();
    this.published.notify(
      [...new Set(recipients)],
      revoked.map(({ userId }) => userId),
    );
  }
}

function toNotification(change: Change, userId: string): NewNotification {
  const members = isMembersChange(change) ? change.members : null;
  return {
    id: uuidv7(),
    userId,
    // To its members the tail of a split is a new event.
    type: change.kind === 'split' && change.version === 1 ? 'event_created' : TYPE_OF[change.kind],
    eventId: change.eventId,
    eventTitle: change.eventTitle,
    version: change.version,
    actorId: change.actorId,
    changed: isMembersChange(change) ? ['permissions'] : change.changed,
    members: members && nameMembers(members, userId),
    createdAt: change.at,
    // People need not be notified of what they did themselves.
    readAt: change.actorId === userId ? change.at : null,
  };
}

function nameMembers(members: RoleChange[], recipientId: string): NamedMembers {
  const recipient = members.filter((member) => member.userId === recipientId);
  const others = members.filter((member) => member.userId !== recipientId).slice(0, MAX_NAMED);
  return { named: [...recipient, ...others], total: members.length };
}
