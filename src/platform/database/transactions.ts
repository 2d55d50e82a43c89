import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Tracing } from '../tracing/tracing.js';
import { Hook } from '../hooks/hook.js';
import { isDiskFull, isRetryable, WrongAssumption } from './database-errors.js';
import { Database } from './database.js';
import { Deadline, TimeLimits } from './deadline.js';
import { Transaction } from './transaction.js';
import { TransactionTurns } from './transaction-turns.js';

type Work<T> = (tx: Transaction) => Promise<T>;

interface Limits {
  /** How long it may take instead of what is configured for requests. */
  seconds?: number;
  /** Gives the transaction up before its next statement. Its reason is thrown. */
  signal?: AbortSignal;
}

const MAX_ATTEMPTS = 8;

/**
 * The transaction that is running, and whose it is. One store for the process, because Node looks at every store for every
 * promise, also at those of servers that were closed, of which a worker of the tests has hundreds.
 */
const running = new AsyncLocalStorage<{ owner: Transactions; tx: Transaction }>();

/** A disk that was full is asked about again after this time, in which there may have been nothing to write. */
const DISK_FULL_MS = 60_000;

/** Opens transactions. Only service methods open them: repositories and listeners receive the running one. */
@Injectable()
export class Transactions {
  /** Called at the end of a transaction, before COMMIT. An error in a listener rolls the transaction back. */
  readonly beforeCommit = new Hook<[Transaction]>('Transactions.beforeCommit');
  /** Called after COMMIT, without waiting. Listeners only wake other components. */
  readonly afterCommit = new Hook<[Transaction]>('Transactions.afterCommit');

  private diskFullAt: number | null = null;

  constructor(
    private readonly database: Database,
    private readonly tracing: Tracing,
    private readonly limits: TimeLimits,
    private readonly turns: TransactionTurns,
  ) {}

  /** True after a write that the disk of the database had no room for, until one succeeds. */
  get isDiskFull(): boolean {
    return this.diskFullAt !== null && performance.now() - this.diskFullAt < DISK_FULL_MS;
  }

  /**
   * Runs `work` in one READ COMMITTED transaction. After a deadlock or a serialization failure all of `work` runs
   * again, so it must have no effect outside the transaction. It also runs again when it assumed something that was wrong
   * (`Transaction.assume`), or ended with an error before that was checked. A nested `run` joins the outer transaction,
   * which can therefore span a whole request.
   * @throws DatabaseTooSlow when all of that takes longer than a transaction may; nothing is stored then
   */
  async run<T>(work: Work<T>, limits: Limits = {}): Promise<T> {
    const outer = running.getStore();
    if (outer?.owner === this && outer.tx.isOpen) return work(outer.tx);
    const complete: Work<T> = async (tx) => {
      const result = await work(tx);
      await this.beforeCommit.run(tx);
      return result;
    };
    const { tx, value } = await this.withRetries(limits, (mayAssume, deadline) =>
      this.attempt(complete, (opened) => opened.commit(), mayAssume, deadline),
    );
    this.diskFullAt = null;
    this.afterCommit.notify(tx);
    return value;
  }

  /**
   * Runs `work` like `run`, checks the deferred constraints like COMMIT, and rolls back. Doesn't call `afterCommit`.
   * @param report reads the result inside the transaction, before it is rolled back
   */
  async dryRun<T, Report>(
    work: Work<T>,
    report: (tx: Transaction, value: T) => Promise<Report>,
    limits: Limits = {},
  ): Promise<Report> {
    const checked: Work<Report> = async (tx) => {
      const value = await work(tx);
      await this.beforeCommit.run(tx);
      await tx.query('SET CONSTRAINTS ALL IMMEDIATE');
      return report(tx, value);
    };
    const { value } = await this.withRetries(limits, (mayAssume, deadline) =>
      this.attempt(checked, (tx) => tx.rollBack(), mayAssume, deadline),
    );
    return value;
  }

  /** @param attempt may assume only the first time, so that a wrong assumption costs one attempt */
  private async withRetries<T>(
    { seconds = this.limits.transactionSeconds, signal }: Limits,
    attempt: (mayAssume: boolean, deadline: Deadline) => Promise<T>,
  ): Promise<T> {
    const deadline = new Deadline(new TimeLimits(seconds, this.limits.statementSeconds), signal);
    for (let number = 1; ; number += 1) {
      try {
        return await this.tracing.trace('transaction', { 'convene.attempt': number }, () =>
          this.turns.run(() => attempt(number === 1, deadline)),
        );
      } catch (error) {
        if (!isRetryable(error) || number === MAX_ATTEMPTS) throw error;
        if (error instanceof WrongAssumption) continue;
        await sleep(Math.random() * 10 * 2 ** number);
      }
    }
  }

  /** Runs `work` on a connection of its own. @param end ends the transaction */
  private async attempt<T>(
    work: Work<T>,
    end: (tx: Transaction) => Promise<void>,
    mayAssume: boolean,
    deadline: Deadline,
  ): Promise<{ tx: Transaction; value: T }> {
    const client = await this.database.connect();
    const tx = new Transaction(client, mayAssume, deadline);
    let broken = false;
    try {
      const value = await running.run({ owner: this, tx }, () => work(tx));
      await end(tx);
      return { tx, value };
    } catch (error) {
      const { hasUnchecked } = tx;
      if (isDiskFull(error)) this.diskFullAt = performance.now();
      await tx.rollBack().catch(() => (broken = true));
      throw hasUnchecked && !isRetryable(error) ? new WrongAssumption() : error;
    } finally {
      tx.isOpen = false;
      // A connection whose transaction may still be open is closed.
      client.release(broken);
    }
  }
}
