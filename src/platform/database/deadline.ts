import { DatabaseTooSlow } from './database-errors.js';

/** How long work in the database may take, in seconds; Infinity for any time. */
export class TimeLimits {
  constructor(
    readonly transactionSeconds: number,
    readonly statementSeconds: number,
  ) {}

  static readonly NONE = new TimeLimits(Infinity, Infinity);
}

/**
 * The moment at which a transaction is given up, whatever it does: its attempts, its waiting for locks, its statements and
 * the computing between them count. A limit of PostgreSQL itself (`transaction_timeout`, from version 17 on) would close
 * the connection, and does not know of attempts.
 */
export class Deadline {
  private readonly at: number;

  /** @param signal gives the work up earlier, with its reason */
  constructor(
    private readonly limits: TimeLimits,
    private readonly signal?: AbortSignal,
  ) {
    this.at = performance.now() + limits.transactionSeconds * 1_000;
  }

  get isOver(): boolean {
    return performance.now() >= this.at;
  }

  /**
   * Returns the time that the next statements may take each, in milliseconds; null when the limit of every statement
   * ends them early enough.
   * @throws DatabaseTooSlow when the time is over; the reason of the signal when it has given the work up
   */
  statementMs(): number | null {
    this.signal?.throwIfAborted();
    const left = this.at - performance.now();
    if (left <= 0) throw new DatabaseTooSlow(this.limits.transactionSeconds);
    return left < this.limits.statementSeconds * 1_000 ? Math.ceil(left) : null;
  }

  /** Returns the error of a statement, or instead that the time was over. */
  explain(error: unknown): unknown {
    return this.isOver ? new DatabaseTooSlow(this.limits.transactionSeconds) : error;
  }
}
