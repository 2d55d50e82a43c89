import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { type Change, isMembersChange } from '../history/change.js';
import { Changes } from '../history/changes.js';
import type { RoleChange } from '../permissions/member.js';
import { PerTransaction, type Transaction } from '../platform/database/transaction.js';
import { Hook } from '../platform/hooks/hook.js';
import type { NamedMembers, NotificationType } from './notification.entity.js';
import type { NewStreamItem } from './stream-item.js';
import { StreamsRepository } from './streams.repository.js';

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

/** Members named in one item besides its recipient. */
const MAX_NAMED = 3;

/** Writes one item per change to the stream of every member of the event, in the transaction of the change. */
@Injectable()
export class StreamRecorder {
  /** Notifies after COMMIT: which users have new items in their streams, and which lost access to an event. */
  readonly published = new Hook<[recipients: string[], revoked: string[]]>('StreamRecorder.published');

  private readonly recipientsOf = new PerTransaction<Map<Change, string[]>>(() => new Map());

  constructor(
    private readonly streams: StreamsRepository,
    private readonly changes: Changes,
  ) {
    changes.beforeCommit.on((tx, happened) => this.write(tx, happened));
    changes.afterCommit.on((tx, happened) => this.publish(tx, happened));
  }

  /** Returns the recipients of the transaction's items, without those who only receive their own changes. */
  async listNotified(tx: Transaction): Promise<{ id: string; username: string }[]> {
    const others = [...this.recipientsOf.of(tx)].flatMap(([change, recipients]) =>
      recipients.filter((userId) => userId !== change.actorId),
    );
    return this.streams.listNames(tx, [...new Set(others)]);
  }

  private write(tx: Transaction, changes: readonly Change[]): void {
    const items: NewStreamItem[] = [];
    for (const change of changes) {
      // A member whose access is revoked receives one last item.
      const affected = isMembersChange(change) ? change.members.map(({ userId }) => userId) : [];
      const recipients = [...new Set([...this.changes.membersOf(tx, change.eventId), ...affected])];
      this.recipientsOf.of(tx).set(change, recipients);
      items.push(...recipients.map((userId) => toStreamItem(change, userId)));
    }
    if (items.length > 0) this.streams.append(tx, items);
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

function toStreamItem(change: Change, userId: string): NewStreamItem {
  const members = isMembersChange(change) ? change.members : null;
  return {
    id: uuidv7(),
    userId,
    // For its members, the tail of a split is a new event.
    type: change.kind === 'split' && change.version === 1 ? 'event_created' : TYPE_OF[change.kind],
    eventId: change.eventId,
    eventTitle: change.eventTitle,
    version: change.version,
    actorId: change.actorId,
    changed: isMembersChange(change) ? ['permissions'] : change.changed,
    members: members && nameMembers(members, userId),
    createdAt: change.at,
    // Your own actions are read from the start.
    readAt: change.actorId === userId ? change.at : null,
  };
}

function nameMembers(members: RoleChange[], recipientId: string): NamedMembers {
  const recipient = members.filter((member) => member.userId === recipientId);
  const others = members.filter((member) => member.userId !== recipientId).slice(0, MAX_NAMED);
  return { named: [...recipient, ...others], total: members.length };
}
