import type { Socket } from 'node:net';
import { Client, type ClientConfig, Query, type QueryResult, type Submittable } from 'pg';
import { errorCode, type Span } from '../tracing/span.js';
import { Exchange, type KnownColumns, type OnRow } from './exchange.js';
import type { SilenceWatch, WatchedConnection } from './silence-watch.js';
import { type Sql, type StatementNames, VaryingSql } from './statement-names.js';
import { TYPES } from './timestamps.js';

/** A statement of an exchange. */
export interface Statement {
  sql: Sql;
  parameters?: unknown[] | undefined;
  /** Replaces the error of the statement. */
  toError?: ((error: unknown) => unknown) | undefined;
  /** Called with each row, as texts, instead of adding it to the result. */
  onRow?: OnRow | undefined;
}

/** Starts the span of a statement; undefined when it belongs to no trace. */
export type OnStatement = (sql: string) => Span | undefined;

/** Options of the driver beside those of `pg`. The data source passes them to the pool as `extra`. */
export interface PreparedClientOptions extends ClientConfig {
  /** Absent when a proxy between server and database doesn't support prepared statements. */
  names?: StatementNames | undefined;
  /** Called for each exchange: statements that are sent together, and one wait for their results. */
  onExchange?: () => void;
  /** Called for each statement; the span that it returns ends with the statement. */
  onStatement?: OnStatement | undefined;
  /** Told of the connection while it is open. */
  watch?: SilenceWatch;
  /**
   * How long opening the connection may take, in milliseconds. The pool of the driver would end every wait for a free
   * connection after its own `connectionTimeoutMillis`.
   */
  openMs?: number;
  /** How long the first plans of the connection are used, in milliseconds. */
  firstPlansMs?: number;
}

const FIRST_PLANS_MS = 2_000;
const MAX_PLANS_MS = 60_000;

/** The socket of a connection, which `pg` does not declare. */
interface WithStream {
  connection: { stream: Socket };
}

/**
 * A connection that prepares statements with parameters, so that PostgreSQL parses and plans them once, and that sends
 * statements without waiting for the results of those before them, several in one exchange.
 */
export class PreparedClient extends Client implements WatchedConnection {
  private readonly names: StatementNames | undefined;
  private readonly columns: KnownColumns = new Map();
  private readonly onExchange: (() => void) | undefined;
  private readonly onStatement: OnStatement | undefined;
  private running = 0;
  private isOpen = false;
  private isCorked = false;
  /** How long the plans of now are used, and until when, in milliseconds. */
  private plansMs: number;
  private plansEnd: number;

  constructor(options: PreparedClientOptions) {
    super({ ...options, types: TYPES, connectionTimeoutMillis: options.openMs, pipeline: true });
    this.names = options.names;
    this.onExchange = options.onExchange;
    this.onStatement = options.onStatement;
    this.plansMs = options.firstPlansMs ?? FIRST_PLANS_MS;
    this.plansEnd = performance.now() + this.plansMs;
    // The error rejects the statements that run. Unheard, it would also end the process.
    this.on('error', () => undefined);
    this.once('connect', () => (this.isOpen = true));
    this.once('end', () => options.watch?.remove(this));
    options.watch?.add(this);
  }

  get isWaiting(): boolean {
    return this.running > 0 || !this.isOpen;
  }

  get bytesReceived(): number {
    return this.stream.bytesRead;
  }

  abandon(error: Error): void {
    this.stream.destroy(error);
  }

  private get stream(): Socket {
    return (this as unknown as WithStream).connection.stream;
  }

  // Every form of a call is passed on as it is, except a text with parameters.
  override query(...args: unknown[]): never {
    const [sql, values] = args;
    const isStatement = (typeof sql === 'string' || sql instanceof VaryingSql) && typeof args.at(-1) !== 'function';
    if (!isStatement) return (super.query.bind(this) as (...args: unknown[]) => unknown)(...args) as never;
    return this.run(sql, values as unknown[] | undefined) as never;
  }

  /** Runs one statement. */
  run(sql: Sql, parameters: unknown[] = []): Promise<QueryResult> {
    // The driver runs a text without parameters as a script, which may contain several statements.
    return parameters.length > 0 ? this.exchange([{ sql, parameters }]) : this.runScript(textOf(sql));
  }

  /**
   * Sends statements together, and returns the result of the last one. PostgreSQL skips those that follow one that fails.
   * @throws the error of the statement that failed, or what its `toError` makes of it
   */
  exchange(statements: Statement[]): Promise<QueryResult> {
    const spans = this.onStatement && statements.map(({ sql }) => this.onStatement!(textOf(sql)));
    return this.track((settle) => {
      const onEnd = (position: number, error?: Error): void => {
        if (!error) return spans?.[position]?.end();
        for (const span of spans?.slice(position) ?? []) span?.end(errorCode(error));
      };
      const sent = statements.map(({ sql, parameters = [], onRow }) => {
        return { text: textOf(sql), values: parameters, name: this.names?.nameOf(sql), onRow };
      });
      let failed = 0;
      return new Exchange(
        sent,
        this.columns,
        (position, error) => {
          if (error) failed = position;
          onEnd(position, error);
        },
        (error, result) => {
          const { toError = (reason: unknown) => reason } = statements[failed]!;
          settle(error && toError(error), result);
        },
      );
    });
  }

  /**
   * Has PostgreSQL make new plans, also for triggers, if those of now are old. Called outside a transaction. A plan
   * is made for the size that the tables have, and one made for a few rows reads or sorts all of thousands. The plans of a
   * connection are used for twice as long each time, so that planning takes next to nothing, and that tables that grow
   * steadily are at most about twice as large as planned for.
   */
  renewPlans(): void {
    const now = performance.now();
    if (now < this.plansEnd) return;
    this.plansMs = Math.min(2 * this.plansMs, MAX_PLANS_MS);
    this.plansEnd = now + this.plansMs;
    this.send('DISCARD PLANS');
  }

  /** Sends a statement for whose result nobody waits. The connection is closed if it fails: its state is not known then. */
  send(text: string): void {
    this.writeOnce();
    super.query(new Query(text, (error) => error && this.abandon(error)) as unknown as Submittable);
  }

  private runScript(text: string): Promise<QueryResult> {
    const span = this.onStatement?.(text);
    return this.track(
      (settle) =>
        new Query(text, (error, result) => {
          span?.end(error && errorCode(error));
          settle(error, result);
        }),
    );
  }

  /** Sends what it is given, and counts it as long as it runs. */
  private track(send: (settle: (error: unknown, result: QueryResult) => void) => unknown): Promise<QueryResult> {
    if (this.running === 0) this.onExchange?.();
    return new Promise((resolve, reject) => {
      const query = send((error, result) => {
        this.running -= 1;
        if (error) reject(error);
        else resolve(result);
      });
      this.running += 1;
      this.writeOnce();
      super.query(query as Submittable);
    });
  }

  /** Has what is sent in this turn of the event loop written at its end, with one call of the operating system. */
  private writeOnce(): void {
    if (this.isCorked) return;
    this.isCorked = true;
    const { stream } = this;
    stream.cork();
    process.nextTick(() => {
      this.isCorked = false;
      stream.uncork();
    });
  }
}

const textOf = (sql: Sql): string => (typeof sql === 'string' ? sql : sql.text);
