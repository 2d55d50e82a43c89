import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Change } from '../changes/change.js';
import { Changes, type Reader } from '../changes/changes.js';
import type { ConflictView } from '../openapi/problem-views.js';
import { isRetryable } from './database-errors.js';

/** One running transaction. Passed explicitly to everything that reads or writes inside it. */
export class Transaction {
  readonly changes: Change[] = [];
  /** Clashes that were met and didn't refuse the work. */
  readonly conflicts: ConflictView[] = [];
  isOpen = true;

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

type Work<T> = (tx: Transaction) => Promise<T>;

/** What came of work that was taken back. */
export interface Rehearsal<T> {
  value: T;
  changes: Change[];
  conflicts: ConflictView[];
  /** Whoever would have been told, without those who did it. */
  readers: Reader[];
}

/** Thrown to take a transaction back that went well. */
class Rehearsed extends Error {}

const ATTEMPTS = 8;

/** Opens transactions. Owned by service methods: repositories and listeners are handed the one that is running. */
@Injectable()
export class Transactions {
  private readonly running = new AsyncLocalStorage<Transaction>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly changes: Changes,
  ) {}

  /**
   * Runs `work` in one READ COMMITTED transaction, writes what it recorded, commits, then wakes the listeners.
   * After a deadlock or serialization failure the whole of `work` runs again, so it must have no effect outside the
   * transaction. A `run` inside of `work` joins its transaction: whole requests are made one by this.
   */
  async run<T>(work: Work<T>): Promise<T> {
    const outer = this.running.getStore();
    if (outer?.isOpen) return work(outer);
    const { value, changes } = await this.untilDone(() => this.attempt(work));
    this.changes.committed(changes);
    return value;
  }

  /** Does all that `run` does and all that COMMIT would check, and then takes it back. Nobody is woken. */
  async rehearse<T>(work: Work<T>): Promise<Rehearsal<T>> {
    let rehearsal: Rehearsal<T> | undefined;
    const takeBack = async (tx: Transaction, value: T): Promise<never> => {
      await tx.query('SET CONSTRAINTS ALL IMMEDIATE');
      const { changes, conflicts } = tx;
      rehearsal = { value, changes, conflicts, readers: await this.changes.readers(tx) };
      throw new Rehearsed();
    };
    try {
      await this.untilDone(() => this.attempt(work, takeBack));
    } catch (error) {
      if (!(error instanceof Rehearsed)) throw error;
    }
    return rehearsal!;
  }

  private async untilDone<T>(attempt: () => Promise<T>): Promise<T> {
    for (let number = 1; ; number += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (!isRetryable(error) || number === ATTEMPTS) throw error;
        await sleep(Math.random() * 10 * 2 ** number);
      }
    }
  }

  private attempt<T>(
    work: Work<T>,
    atEnd?: (tx: Transaction, value: T) => Promise<void>,
  ): Promise<{ value: T; changes: Change[] }> {
    return this.dataSource.transaction('READ COMMITTED', async (manager) => {
      const tx = new Transaction(manager);
      try {
        const value = await this.running.run(tx, () => work(tx));
        await this.changes.flush(tx);
        await atEnd?.(tx, value);
        return { value, changes: tx.changes };
      } finally {
        tx.isOpen = false;
      }
    });
  }
}
