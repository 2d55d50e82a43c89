import { Injectable } from '@nestjs/common';
import { toSnapshot } from '../content/snapshot.js';
import { PerTransaction, type Transaction, Transactions } from '../platform/database/transactions.js';
import { Hook } from '../platform/hooks/hook.js';
import { type Change, isMembersChange } from './change.js';
import type { HistoryEntry, LastEntry } from './history-entry.js';
import { historyHash } from './history-hash.js';
import { type ChainedEntry, HistoryRepository } from './history.repository.js';

/** The only place that records what happened: kept with the transaction, and written to history before it commits. */
@Injectable()
export class Changes {
  /** After the history of a transaction is written, before COMMIT. */
  readonly beforeCommit = new Hook<[Transaction, readonly Change[]]>('Changes.beforeCommit');
  /** After COMMIT of a transaction in which something happened. */
  readonly afterCommit = new Hook<[Transaction, readonly Change[]]>('Changes.afterCommit');

  private readonly recorded = new PerTransaction<Change[]>(() => []);
  private readonly lastEntries = new PerTransaction<Map<string, LastEntry>>(() => new Map());

  constructor(
    private readonly history: HistoryRepository,
    transactions: Transactions,
  ) {
    transactions.beforeCommit.on((tx) => this.write(tx));
    transactions.afterCommit.on((tx) => {
      if (this.of(tx).length > 0) this.afterCommit.notify(tx, this.of(tx));
    });
  }

  /** Notes a change in the running transaction. Its event is locked, or was created in the same transaction. */
  record(tx: Transaction, change: Change): void {
    this.recorded.of(tx).push(change);
  }

  /** Notes where the history of a locked event ends, so that it need not be read again. */
  noteLastEntry(tx: Transaction, eventId: string, last: LastEntry): void {
    this.lastEntries.of(tx).set(eventId, last);
  }

  /** Returns what was recorded in a transaction, in order. */
  of(tx: Transaction): readonly Change[] {
    return this.recorded.of(tx);
  }

  private async write(tx: Transaction): Promise<void> {
    const changes = this.of(tx);
    if (changes.length === 0) return;
    const entries = await this.chain(tx, changes);
    await this.history.insert(tx, entries);
    await this.beforeCommit.run(tx, changes);
  }

  /** Gives each change its position and its hash over the entry before it of the same event. */
  private async chain(tx: Transaction, changes: readonly Change[]): Promise<ChainedEntry[]> {
    const known = this.lastEntries.of(tx);
    // The history of an event that is created here begins here.
    const created = new Set(changes.filter(isFirst).map(({ eventId }) => eventId));
    const unknown = changes.map(({ eventId }) => eventId).filter((id) => !created.has(id) && !known.has(id));
    const last = new Map([...known, ...(await this.history.listLastEntries(tx, [...new Set(unknown)]))]);
    return changes.map((change) => {
      const before = last.get(change.eventId);
      const entry = toEntry(change, (before?.position ?? 0) + 1);
      const hash = historyHash(before?.hash ?? null, entry);
      last.set(change.eventId, { position: entry.position, hash });
      return { ...entry, hash };
    });
  }
}

const isFirst = (change: Change): boolean => !isMembersChange(change) && change.version === 1;

function toEntry(change: Change, position: number): HistoryEntry {
  const { eventId, version, kind, actorId, at, comment } = change;
  const common = { eventId, position, version, kind, actorId, at, comment };
  if (isMembersChange(change)) return { ...common, changed: null, snapshot: null, members: change.members };
  return { ...common, changed: change.changed, snapshot: toSnapshot(change.content), members: null };
}
