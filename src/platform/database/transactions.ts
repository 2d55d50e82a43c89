import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Hook } from '../hooks/hook.js';
import { isRetryable } from './database-errors.js';

/** A running transaction. Pass it to everything that reads or writes inside it. */
export class Transaction {
  isOpen = true;

  constructor(readonly manager: EntityManager) {}

  /** Returns the rows of a parameterised statement. */
  query<Row>(sql: string, parameters: unknown[] = []): Promise<Row[]> {
    return this.manager.query<Row[]>(sql, parameters);
  }
}

/** Holds one value per transaction. A transaction that runs again starts with a new value. */
export class PerTransaction<Value> {
  private readonly values = new WeakMap<Transaction, Value>();

  constructor(private readonly initial: () => Value) {}

  of(tx: Transaction): Value {
    if (!this.values.has(tx)) this.values.set(tx, this.initial());
    return this.values.get(tx)!;
  }
}

type Work<T> = (tx: Transaction) => Promise<T>;

/** Thrown to roll back a dry run that succeeded. */
class RolledBack extends Error {}

const MAX_ATTEMPTS = 8;

/** Opens transactions. Only service methods open them: repositories and listeners receive the running one. */
@Injectable()
export class Transactions {
  /** Called at the end of a transaction, before COMMIT. An error in a listener rolls the transaction back. */
  readonly beforeCommit = new Hook<[Transaction]>('Transactions.beforeCommit');
  /** Called after COMMIT, without waiting. Listeners only wake other components. */
  readonly afterCommit = new Hook<[Transaction]>('Transactions.afterCommit');

  private readonly running = new AsyncLocalStorage<Transaction>();

  constructor(private readonly dataSource: DataSource) {}

  /**
   * Runs `work` in one READ COMMITTED transaction. After a deadlock or a serialization failure all of `work` runs
   * again, so it must have no effect outside the transaction. A nested `run` joins the outer transaction, which can
   * therefore span a whole request.
   */
  async run<T>(work: Work<T>): Promise<T> {
    const outer = this.running.getStore();
    if (outer?.isOpen) return work(outer);
    const { tx, value } = await this.withRetries(() => this.attempt(work, async (_tx, result) => result));
    this.afterCommit.notify(tx);
    return value;
  }

  /**
   * Runs `work` like `run`, checks the deferred constraints like COMMIT, and rolls back. Doesn't call `afterCommit`.
   * @param report reads the result inside the transaction, before it is rolled back
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
