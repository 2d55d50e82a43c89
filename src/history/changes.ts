import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../audit/audit-trail.js';
import type { CalendarEvent } from '../content/event.entity.js';
import { toSnapshot } from '../content/snapshot.js';
import { PerTransaction, type Transaction } from '../platform/database/transaction.js';
import { writeInParts } from '../platform/database/write-in-parts.js';
import { Transactions } from '../platform/database/transactions.js';
import { Hook } from '../platform/hooks/hook.js';
import { mapInParts } from '../platform/hooks/map-in-parts.js';
import { toAuditEntries } from './audited-change.js';
import { type Change, isMembersChange } from './change.js';
import type { HistoryEntry, LastEntry } from './history-entry.js';
import { historyHash } from './history-hash.js';
import { type ChainedEntry, HistoryRepository } from './history.repository.js';

/** The only place that records changes. They are kept with the transaction and written to history before COMMIT. */
@Injectable()
export class Changes {
  /** Runs before COMMIT, after the history of the transaction was written. */
  readonly beforeCommit = new Hook<[Transaction, readonly Change[]]>('Changes.beforeCommit');
  /** Runs after COMMIT of a transaction with changes. */
  readonly afterCommit = new Hook<[Transaction, readonly Change[]]>('Changes.afterCommit');

  private readonly recorded = new PerTransaction<Change[]>(() => []);
  private readonly rows = new PerTransaction<Map<string, CalendarEvent>>(() => new Map());
  private readonly lastEntries = new PerTransaction<Map<string, LastEntry>>(() => new Map());
  private readonly members = new PerTransaction<Map<string, string[]>>(() => new Map());

  constructor(
    private readonly history: HistoryRepository,
    private readonly audit: AuditTrail,
    transactions: Transactions,
  ) {
    transactions.beforeCommit.on((tx) => this.write(tx));
    transactions.afterCommit.on((tx) => {
      if (this.of(tx).length > 0) this.afterCommit.notify(tx, this.of(tx));
    });
  }

  /**
   * Records a change in the running transaction, which has locked the event or created it.
   * @param row the row of the event after a change of its content
   */
  record(tx: Transaction, change: Change, row?: CalendarEvent): void {
    this.recorded.of(tx).push(change);
    if (row) this.rows.of(tx).set(change.eventId, row);
  }

  /** Returns the row of an event after the last change of its content; undefined when there was none. */
  rowOf(tx: Transaction, eventId: string): CalendarEvent | undefined {
    return this.rows.of(tx).get(eventId);
  }

  /** Sets the last history entry of a locked event, so that it is not read again. */
  setLastEntry(tx: Transaction, eventId: string, last: LastEntry): void {
    this.lastEntries.of(tx).set(eventId, last);
  }

  /** Returns the last history entry of an event that the transaction has locked or changed; undefined for others. */
  lastEntryOf(tx: Transaction, eventId: string): LastEntry | undefined {
    return this.lastEntries.of(tx).get(eventId);
  }

  /** Sets the members of a locked or new event, as they are after the last change, so that they are not read again. */
  setMembers(tx: Transaction, eventId: string, userIds: string[]): void {
    this.members.of(tx).set(eventId, userIds);
  }

  /** Returns the ids of the members of an event that the transaction has locked or created. */
  membersOf(tx: Transaction, eventId: string): readonly string[] {
    const members = this.members.of(tx).get(eventId);
    if (!members) throw new Error('A change of an event that is not locked');
    return members;
  }

  /** Returns the changes recorded in a transaction, in order. */
  of(tx: Transaction): readonly Change[] {
    return this.recorded.of(tx);
  }

  private async write(tx: Transaction): Promise<void> {
    const changes = this.of(tx);
    if (changes.length === 0) return;
    const entries = await this.chain(tx, changes);
    // A large import has thousands: writing them down takes a while.
    await writeInParts(tx, entries, (part) => this.history.insert(tx, part));
    await writeInParts(tx, changes, (part) => this.audit.record(tx, part.flatMap(toAuditEntries)));
    await this.beforeCommit.run(tx, changes);
  }

  /** Numbers each change and hashes it with the hash of the previous entry of the same event. */
  private async chain(tx: Transaction, changes: readonly Change[]): Promise<ChainedEntry[]> {
    const known = this.lastEntries.of(tx);
    // An event that is created in this transaction has no history yet.
    const created = new Set(changes.filter(isCreation).map(({ eventId }) => eventId));
    const unknown = changes.map(({ eventId }) => eventId).filter((id) => !created.has(id) && !known.has(id));
    for (const [id, last] of await this.history.listLastEntries(tx, [...new Set(unknown)])) known.set(id, last);
    return mapInParts(changes, (change) => {
      const before = known.get(change.eventId);
      const entry = toEntry(change, (before?.position ?? 0) + 1);
      const hash = historyHash(before?.hash ?? null, entry);
      known.set(change.eventId, { position: entry.position, hash });
      return { hash, ...entry };
    });
  }
}

const isCreation = (change: Change): boolean => !isMembersChange(change) && change.version === 1;

function toEntry(change: Change, position: number): HistoryEntry {
  const { eventId, version, kind, actorId, at, comment } = change;
  const common = { eventId, position, version, kind, actorId, at, comment };
  if (isMembersChange(change))
    return { changed: null, snapshot: null, members: [...change.members, ...(change.invitations ?? [])], ...common };
  return {
    changed: change.changed,
    snapshot: toSnapshot(change.content),
    undoes: change.undoes,
    members: null,
    ...common,
  };
}
