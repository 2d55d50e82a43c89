import type { Change } from '../../src/history/change.js';
import { summarise } from '../../src/notifications/change-summary.js';
import { listRecipients, newStreamItem } from '../../src/notifications/new-stream-item.js';
import type { NewStreamItem } from '../../src/notifications/stream-item.js';
import type { Dice } from './dice.js';
import { idFrom } from './ids.js';

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
    const isStored = change.at.getTime() >= this.since;
    const summary = isStored ? summarise(change) : null;
    return listRecipients(change, memberIds).flatMap((userId) => {
      const seq = (this.lastSeqs.get(userId) ?? 0) + 1;
      this.lastSeqs.set(userId, seq);
      return isStored ? [{ seq, item: this.toItem(change, userId, summary) }] : [];
    });
  }

  /** Returns the number of the last item of each stream. */
  listLastSeqs(): [userId: string, lastSeq: number][] {
    return [...this.lastSeqs];
  }

  private toItem(change: Change, userId: string, summary: string | null): NewStreamItem {
    const item = newStreamItem(change, userId, summary);
    const at = change.at.getTime();
    return { ...item, id: idFrom(at), readAt: item.readAt ?? this.chooseReadAt(at) };
  }

  private chooseReadAt(at: number): Date | null {
    const readAt = at + Math.ceil(this.dice.exponential(READ_AFTER_MS));
    return readAt < this.now && this.dice.happens(READ_SHARE) ? new Date(readAt) : null;
  }
}
