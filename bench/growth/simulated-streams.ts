import { type Change, type ChangeKind, isMembersChange } from '../../src/history/change.js';
import type { NotificationType } from '../../src/notifications/notification.entity.js';
import type { NewStreamItem } from '../../src/notifications/stream-item.js';
import type { RoleChange } from '../../src/permissions/member.js';
import type { Dice } from './dice.js';
import { idFrom } from './ids.js';

const TYPE_OF: Record<Exclude<ChangeKind, 'split'>, NotificationType> = {
  created: 'event_created',
  updated: 'event_updated',
  rolled_back: 'event_rolled_back',
  deleted: 'event_deleted',
  restored: 'event_restored',
  shared: 'event_shared',
  role_changed: 'role_changed',
  revoked: 'access_revoked',
  ownership_transferred: 'ownership_transferred',
};

const MAX_NAMED = 3;
const READ_SHARE = 0.8;
const READ_AFTER_MS = 3_600_000;

export interface NumberedItem {
  seq: number;
  item: NewStreamItem;
}

/** Numbers the items of all streams. Items from before the oldest that the server keeps are numbered and not stored. */
export class SimulatedStreams {
  private readonly lastSeqs = new Map<string, number>();

  /**
   * @param since items from before this time are pruned
   * @param now no item was read later
   */
  constructor(
    private readonly dice: Dice,
    private readonly since: number,
    private readonly now: number,
  ) {}

  /** Returns the items to store for a change: one for each member after it and for each person whose role it changed. */
  publish(change: Change, memberIds: Iterable<string>): NumberedItem[] {
    const affected = isMembersChange(change) ? change.members.map(({ userId }) => userId) : [];
    const isStored = change.at.getTime() >= this.since;
    return [...new Set([...memberIds, ...affected])].flatMap((userId) => {
      const seq = (this.lastSeqs.get(userId) ?? 0) + 1;
      this.lastSeqs.set(userId, seq);
      return isStored ? [{ seq, item: this.toItem(change, userId) }] : [];
    });
  }

  /** Returns the number of the last item of each stream. */
  listLastSeqs(): [userId: string, lastSeq: number][] {
    return [...this.lastSeqs];
  }

  private toItem(change: Change, userId: string): NewStreamItem {
    const { kind, eventId, eventTitle, version, actorId, at } = change;
    return {
      id: idFrom(at.getTime()),
      userId,
      type: TYPE_OF[kind as keyof typeof TYPE_OF],
      eventId,
      eventTitle,
      version,
      actorId,
      changed: isMembersChange(change) ? ['permissions'] : change.changed,
      members: isMembersChange(change) ? nameMembers(change.members, userId) : null,
      createdAt: at,
      readAt: actorId === userId ? at : this.chooseReadAt(at.getTime()),
    };
  }

  private chooseReadAt(at: number): Date | null {
    const readAt = at + Math.ceil(this.dice.exponential(READ_AFTER_MS));
    return readAt < this.now && this.dice.happens(READ_SHARE) ? new Date(readAt) : null;
  }
}

function nameMembers(members: RoleChange[], userId: string): NewStreamItem['members'] {
  const own = members.filter((member) => member.userId === userId);
  const others = members.filter((member) => member.userId !== userId).slice(0, MAX_NAMED);
  return { named: [...own, ...others], total: members.length };
}
