import { Injectable } from '@nestjs/common';
import { type Change, isMembersChange } from '../history/change.js';
import { Changes } from '../history/changes.js';
import { PerTransaction, type Transaction } from '../platform/database/transaction.js';
import { Hook } from '../platform/hooks/hook.js';
import { mapInParts } from '../platform/hooks/map-in-parts.js';
import { summarise } from './change-summary.js';
import { listRecipients, newStreamItem } from './new-stream-item.js';
import type { NewStreamItem, StreamItem } from './stream-item.js';
import { StreamsRepository } from './streams.repository.js';

type Published = [
  /** Users who have new items in their streams. */
  recipients: string[],
  /** Those of them who lost access to an event. */
  revoked: string[],
  /** The items that need not be read, at most one per user. */
  items: StreamItem[],
];

/** Writes one item per change to the stream of every member of the event, in the transaction of the change. */
@Injectable()
export class StreamRecorder {
  /** Notifies after COMMIT. */
  readonly published = new Hook<Published>('StreamRecorder.published');

  private readonly stored = new PerTransaction<StreamItem[]>(() => []);
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

  private async write(tx: Transaction, changes: readonly Change[]): Promise<void> {
    const items = await mapInParts(changes, (change): NewStreamItem[] => {
      const recipients = listRecipients(change, this.changes.membersOf(tx, change.eventId));
      this.recipientsOf.of(tx).set(change, recipients);
      const summary = summarise(change);
      return recipients.map((userId) => newStreamItem(change, userId, summary));
    });
    await this.streams.append(tx, items, (stored) => this.stored.of(tx).push(...stored));
  }

  private publish(tx: Transaction, changes: readonly Change[]): void {
    const revoked = changes.filter(isMembersChange).flatMap(({ members }) => members.filter(({ to }) => to === null));
    const recipients = [...this.recipientsOf.of(tx).values()].flat();
    this.published.notify(
      [...new Set(recipients)],
      revoked.map(({ userId }) => userId),
      this.stored.of(tx),
    );
  }
}
