import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { RequestOrigin } from '../tracing/request-origin.js';
import { Tracing } from '../tracing/tracing.js';
import { Hook } from '../hooks/hook.js';
import { isDiskFull, isRetryable, WrongAssumption } from './database-errors.js';
import { type Connection, Database } from './database.js';
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

interface Options extends Limits {
  /** Every transaction that begins for the same request meanwhile joins this one. */
  spansRequest?: boolean;
}

const MAX_ATTEMPTS = 8;
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
  /** Transactions that span their request. */
  private readonly spanning = new WeakMap<RequestOrigin, Transaction>();

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
   * (`Transaction.assume`), or ended with an error before that was checked. In a request that a transaction spans, it joins
   * that one.
   * @param origin the request for which it runs
   * @throws DatabaseTooSlow when all of that takes longer than a transaction may; nothing is stored then
   */
  async run<T>(origin: RequestOrigin, work: Work<T>, { spansRequest = false, ...limits }: Options = {}): Promise<T> {
    const outer = this.spanning.get(origin);
    if (outer?.isOpen) return work(outer);
    const complete: Work<T> = async (tx) => {
      const result = await work(tx);
      await this.beforeCommit.run(tx);
      return result;
    };
    const { tx, value } = await this.withRetries(limits, (mayAssume, deadline) => {
      const begin = (client: Connection): Transaction => this.begin(origin, client, mayAssume, deadline, spansRequest);
      return this.attempt(begin, complete, (running) => running.commit());
    });
    this.diskFullAt = null;
    this.afterCommit.notify(tx);
    return value;
  }

  /**
   * Runs `work` like `run`, in a transaction that spans the request, checks the deferred constraints like COMMIT, and rolls
   * back. Doesn't call `afterCommit`.
   * @param report reads the result inside the transaction, before it is rolled back
   */
  async dryRun<T, Report>(
    origin: RequestOrigin,
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
    const { value } = await this.withRetries(limits, (mayAssume, deadline) => {
      const begin = (client: Connection): Transaction => this.begin(origin, client, mayAssume, deadline, true);
      return this.attempt(begin, checked, (running) => running.rollBack());
    });
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

  private begin(
    origin: RequestOrigin,
    client: Connection,
    mayAssume: boolean,
    deadline: Deadline,
    spansRequest: boolean,
  ): Transaction {
    const tx = new Transaction(origin, client, mayAssume, deadline);
    if (spansRequest) this.spanning.set(origin, tx);
    return tx;
  }

  /** Runs `work` on a connection of its own. @param end ends the transaction */
  private async attempt<T>(
    begin: (client: Connection) => Transaction,
    work: Work<T>,
    end: (tx: Transaction) => Promise<void>,
  ): Promise<{ tx: Transaction; value: T }> {
    const client = await this.database.connect();
    const tx = begin(client);
    let broken = false;
    try {
      const value = await work(tx);
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
