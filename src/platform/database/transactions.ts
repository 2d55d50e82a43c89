import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Change } from '../changes/change.js';
import { Changes } from '../changes/changes.js';
import { isRetryable } from './database-errors.js';

/** One running transaction. Passed explicitly to everything that reads or writes inside it. */
export class Transaction {
  readonly changes: Change[] = [];

  constructor(readonly manager: EntityManager) {}

  /** Notes what happened; stored and passed on by the listeners when the transaction ends. */
  record(change: Change): void {
    this.changes.push(change);
  }

  /** Rows of a parameterised statement. */
  query<Row>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    return this.manager.query<Row[]>(sql, parameters);
  }
}

const ATTEMPTS = 8;

/** Opens transactions. Owned by service methods: repositories and listeners are handed the one that is running. */
@Injectable()
export class Transactions {
  constructor(
    private readonly dataSource: DataSource,
    private readonly changes: Changes,
  ) {}

  /**
   * Runs `work` in one READ COMMITTED transaction, writes what it recorded, commits, then wakes the listeners.
   * After a deadlock or serialization failure the whole of `work` runs again, so it must have no effect outside the
   * transaction.
   */
  async run<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.attempt(work);
      } catch (error) {
        if (!isRetryable(error) || attempt === ATTEMPTS) throw error;
        await sleep(Math.random() * 10 * 2 ** attempt);
      }
    }
  }

  private async attempt<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    let recorded: Change[] = [];
    const result = await this.dataSource.transaction('READ COMMITTED', async (manager) => {
      const tx = new Transaction(manager);
      const value = await work(tx);
      await this.changes.flush(tx);
      recorded = tx.changes;
      return value;
    });
    this.changes.committed(recorded);
    return result;
  }
}
