import { Injectable } from '@nestjs/common';
import { type Change, type ContentChange, isPeopleChange } from '../platform/changes/change.js';
import { type ChangeListener, Changes } from '../platform/changes/changes.js';
import type { Transaction } from '../platform/database/transactions.js';
import { HistoryRepository } from './history.repository.js';

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
    const people = changes.filter(isPeopleChange);
    const content = changes.filter((change): change is ContentChange => !isPeopleChange(change));
    if (content.length > 0) await this.history.insertVersions(tx, content);
    if (people.length > 0) await this.history.insertPeopleChanges(tx, people);
  }
}
