import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Hook } from '../hooks/hook.js';
import { isRetryable } from './database-errors.js';

/** One running transaction. Passed explicitly to everything that reads or writes inside it. */
export class Transaction {
  isOpen = true;

  constructor(readonly manager: EntityManager) {}

  /** Returns the rows of a parameterised statement. */
  query<Row>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    return this.manager.query<Row[]>(sql, parameters);
  }
}

/** A value that a room keeps for the length of each transaction: a transaction that runs again starts with a new one. */
export class PerTransaction<Value> {
  private readonly values = new WeakMap<Transaction, Value>();

  constructor(private readonly initial: () => Value) {}

  of(tx: Transaction): Value {
    if (!this.values.has(tx)) this.values.set(tx, this.initial());
    return this.values.get(tx)!;
  }
}

type Work<T> = (tx: Transaction) => Promise<T>;

/** Thrown to roll back a transaction that went well. */
class RolledBack extends Error {}

const MAX_ATTEMPTS = 8;

/** Opens transactions. Owned by service methods: repositories and listeners are passed the one that is running. */
@Injectable()
export class Transactions {
  /** At the end of the work of a transaction, before COMMIT: what a listener throws rolls it back. */
  readonly beforeCommit = new Hook<[Transaction]>('Transactions.beforeCommit');
  /** After COMMIT. Listeners may only wake others: they are not awaited. */
  readonly afterCommit = new Hook<[Transaction]>('Transactions.afterCommit');

  private readonly running = new AsyncLocalStorage<Transaction>();

  constructor(private readonly dataSource: DataSource) {}

  /**
   * Runs `work` in one READ COMMITTED transaction. After a deadlock or a serialization failure all of `work` runs again,
   * so it must have no effect outside the transaction. A `run` inside `work` joins its transaction: this is how a whole
   * request becomes one transaction.
   */
  async run<T>(work: Work<T>): Promise<T> {
    const outer = this.running.getStore();
    if (outer?.isOpen) return work(outer);
    const { tx, value } = await this.withRetries(() => this.attempt(work, async (_tx, result) => result));
    this.afterCommit.notify(tx);
    return value;
  }

  /**
   * Does everything that `run` does and COMMIT would check, and rolls it back. `afterCommit` does not happen.
   * @param report reads what the work left, while it is still there
   */
  async dryRun<T, Report>(work: Work<T>, report: (tx: Transaction, value: T) => Promise<Report>): Promise<Report> {
    let reported: Report | undefined;
    const rollBack = async (tx: Transaction, value: T): Promise<never> => {
      await tx.query('SET CONSTRAINTS ALL IMMEDIATE');
      reported = await report(tx, value);
      throw new RolledBack();
    };
    try {
      await this.withRetries(() => this.attempt(work, rollBack));
    } catch (error) {
      if (!(error instanceof RolledBack)) throw error;
    }
    return reported!;
  }

  private async withRetries<T>(attempt: () => Promise<T>): Promise<T> {
    for (let number = 1; ; number += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (!isRetryable(error) || number === MAX_ATTEMPTS) throw error;
        await sleep(Math.random() * 10 * 2 ** number);
      }
    }
  }

  private attempt<T, Result>(
    work: Work<T>,
    atEnd: (tx: Transaction, value: T) => Promise<Result>,
  ): Promise<{ tx: Transaction; value: Result }> {
    return this.dataSource.transaction('READ COMMITTED', async (manager) => {
      const tx = new Transaction(manager);
      try {
        const value = await this.running.run(tx, () => work(tx));
        await this.beforeCommit.run(tx);
        return { tx, value: await atEnd(tx, value) };
      } finally {
        tx.isOpen = false;
      }
    });
  }
}
