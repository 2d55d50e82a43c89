import { Injectable } from '@nestjs/common';
import { type Change, isPeopleChange } from '../platform/changes/change.js';
import { type ChangeListener, Changes } from '../platform/changes/changes.js';
import type { Transaction } from '../platform/database/transactions.js';
import { historyHash, type HistoryEntry } from './history-hash.js';
import { type ChainedEntry, HistoryRepository } from './history.repository.js';

/** Stores what happened, in the order in which it happened, at the end of the transaction that did it. */
@Injectable()
export class HistoryRecorder implements ChangeListener {
  constructor(
    private readonly history: HistoryRepository,
    changes: Changes,
  ) {
    changes.listen(this);
  }

  async beforeCommit(tx: Transaction, changes: Change[]): Promise<void> {
    const chained = await this.chain(tx, changes);
    const people = chained.filter((entry) => entry.people !== null);
    const versions = chained.filter((entry) => entry.people === null);
    if (versions.length > 0) await this.history.insertVersions(tx, versions);
    if (people.length > 0) await this.history.insertPeopleChanges(tx, people);
  }

  /** Gives each change its position and its hash over the one before it of the same event. */
  private async chain(tx: Transaction, changes: Change[]): Promise<ChainedEntry[]> {
    // What begins here has nothing before it.
    const begun = new Set(changes.filter(isFirst).map(({ eventId }) => eventId));
    const others = new Set(changes.map(({ eventId }) => eventId).filter((eventId) => !begun.has(eventId)));
    const ends = await this.history.listEnds(tx, [...others]);
    return changes.map((change) => {
      const end = ends.get(change.eventId);
      const entry = entryOf(change, (end?.position ?? 0) + 1);
      const hash = historyHash(end?.hash ?? null, entry);
      ends.set(change.eventId, { position: entry.position, hash });
      return { ...entry, hash };
    });
  }
}

const isFirst = (change: Change): boolean => !isPeopleChange(change) && change.version === 1;

function entryOf(change: Change, position: number): HistoryEntry {
  const { eventId, version, kind, actorId, at, comment } = change;
  const common = { eventId, position, version, kind, actorId, at, comment };
  if (isPeopleChange(change)) return { ...common, changed: null, snapshot: null, people: change.people };
  const { changed, snapshot } = change;
  return { ...common, changed, snapshot, people: null };
}
