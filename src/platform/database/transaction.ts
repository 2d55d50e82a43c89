import type { QueryResult } from 'pg';
import type { Queryable } from './database.js';
import { failsAssumption, isCancelled, WrongAssumption } from './database-errors.js';
import type { RequestOrigin } from '../tracing/request-origin.js';
import type { Deadline } from './deadline.js';
import type { PreparedClient, Statement } from './prepared-client.js';
import type { Sql } from './statement-names.js';

/**
 * A running transaction. Pass it to everything that reads or writes inside it.
 *
 * BEGIN and the statements of `write` wait until the next `query` or the end, and are sent with it: one exchange with
 * the database, whatever their number.
 */
export class Transaction implements Queryable {
  isOpen = true;
  private isStarted = false;
  private waiting: Statement[] = [{ sql: 'BEGIN' }];
  private failure: { error: unknown } | null = null;
  /** Assumptions that wait or are being checked, and those of them that wait. */
  private unchecked = 0;
  private waitingAssumptions = 0;

  /**
   * @param origin the request that it belongs to
   * @param mayAssume whether the work may go on with what PostgreSQL checks later, with `assume`
   * @param deadline after which nothing more is sent
   */
  constructor(
    readonly origin: RequestOrigin,
    private readonly client: PreparedClient,
    readonly mayAssume: boolean,
    private readonly deadline: Deadline,
  ) {}

  /** True while the work goes on with something that PostgreSQL has not checked: what it decided may be wrong. */
  get hasUnchecked(): boolean {
    return this.unchecked > 0;
  }

  /** Returns the rows of a statement. It sees everything that was written before. */
  async query<Row>(sql: Sql, parameters: unknown[] = []): Promise<Row[]> {
    return (await this.send({ sql, parameters })).rows as Row[];
  }

  /**
   * Adds a statement whose result nobody waits for. Its error is thrown by the call that sends it.
   * @param toError replaces the error of the statement
   * @param onRow is called with each row, as texts, before that call returns
   */
  write(sql: Sql, parameters: unknown[] = [], { toError, onRow }: Pick<Statement, 'toError' | 'onRow'> = {}): void {
    if (!this.isOpen) throw new Error('The transaction has ended');
    this.waiting.push({ sql, parameters, toError, onRow });
  }

  /**
   * Adds a check to the statements that wait, so that the work goes on without its answer. When the condition is not
   * true, nothing is stored, and the work runs again without assumptions.
   * @param condition a query of one boolean, always the same text
   * @param onWrong is called when the condition was not true
   */
  assume(condition: string, parameters: unknown[], onWrong?: () => void): void {
    const toError = (error: unknown): unknown => {
      if (!failsAssumption(error)) return error;
      onWrong?.();
      return new WrongAssumption();
    };
    this.write(assumption(condition), parameters, { toError });
    this.waitingAssumptions += 1;
    this.unchecked += 1;
  }

  /**
   * Sends the statements that wait. Long work does it now and then, because encoding all of its statements at the end would
   * take too long at once.
   * @throws the error of one of them
   */
  async flush(): Promise<void> {
    const last = this.waiting.pop();
    if (last) await this.send(last);
  }

  /** @throws the error of the first statement that failed; nothing of the transaction is stored then */
  async commit(): Promise<void> {
    const { command } = await this.send({ sql: 'COMMIT' });
    this.isOpen = false;
    // PostgreSQL answers so when a statement failed before.
    if (command !== 'COMMIT') throw new Error(`The transaction ended with ${command}`);
  }

  async rollBack(): Promise<void> {
    this.isOpen = false;
    this.waiting = [];
    if (this.isStarted) await this.client.run('ROLLBACK');
  }

  /** Sends a statement after those that wait, and returns its result. */
  private async send(last: Statement): Promise<QueryResult> {
    if (!this.isOpen) throw new Error('The transaction has ended');
    const milliseconds = this.deadline.statementMs();
    const statements = [...this.waiting, last];
    // After BEGIN, which comes first when it is among them.
    if (milliseconds !== null) statements.splice(this.isStarted ? 0 : 1, 0, limitTime(milliseconds));
    const assumed = this.waitingAssumptions;
    this.waiting = [];
    this.waitingAssumptions = 0;
    this.isStarted = true;
    try {
      const result = await this.client.exchange(statements.map((statement) => this.explained(statement)));
      if (last.sql === 'COMMIT') this.isStarted = false;
      return result;
    } catch (error) {
      // After a failure PostgreSQL refuses the rest, also of other calls: the first error is the one that says why.
      this.failure ??= { error };
      throw this.failure.error;
    } finally {
      this.unchecked -= assumed;
    }
  }

  private explained({ sql, parameters, toError = (reason) => reason, onRow }: Statement): Statement {
    return {
      sql,
      parameters,
      onRow,
      toError: (error) => toError(isCancelled(error) ? this.deadline.explain(error) : error),
    };
  }
}

/** By their conditions, which are texts of the code: a text that is built again is also hashed and compared again. */
const assumptions = new Map<string, string>();

function assumption(condition: string): string {
  let sql = assumptions.get(condition);
  if (sql === undefined) assumptions.set(condition, (sql = `SELECT require_assumption((${condition}))`));
  return sql;
}

const limitTime = (milliseconds: number): Statement => ({
  sql: `SELECT set_config('statement_timeout', $1, true)`,
  parameters: [String(milliseconds)],
});

/** Holds one value per transaction. A transaction that runs again starts with a new value. */
export class PerTransaction<Value> {
  private readonly values = new WeakMap<Transaction, Value>();

  constructor(private readonly initial: () => Value) {}

  of(tx: Transaction): Value {
    if (!this.values.has(tx)) this.values.set(tx, this.initial());
    return this.values.get(tx)!;
  }
}
