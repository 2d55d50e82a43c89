import type { Socket } from 'node:net';
import { Client, type ClientConfig, Query, type QueryResult } from 'pg';
import { errorCode, type Span } from '../tracing/span.js';
import type { SilenceWatch, WatchedConnection } from './silence-watch.js';
import { type Sql, type StatementNames, VaryingSql } from './statement-names.js';

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
}

/** The socket of a connection, which `pg` does not declare. */
interface WithStream {
  connection: { stream: Socket };
}

/**
 * A connection that prepares statements with parameters, so that PostgreSQL parses and plans them once, and that sends
 * statements without waiting for the results of those before them.
 */
export class PreparedClient extends Client implements WatchedConnection {
  private readonly names: StatementNames | undefined;
  private readonly onExchange: (() => void) | undefined;
  private readonly onStatement: OnStatement | undefined;
  private running = 0;
  private isOpen = false;

  constructor(options: PreparedClientOptions) {
    super({ ...options, pipeline: true });
    this.names = options.names;
    this.onExchange = options.onExchange;
    this.onStatement = options.onStatement;
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

  private run(sql: Sql, values: unknown[] | undefined): Promise<QueryResult> {
    if (this.running === 0) this.onExchange?.();
    this.running += 1;
    const text = typeof sql === 'string' ? sql : sql.text;
    const span = this.onStatement?.(text);
    return new Promise((resolve, reject) => {
      const settle = (error: Error | undefined, result: unknown): void => {
        this.running -= 1;
        span?.end(error && errorCode(error));
        if (error) reject(error);
        else resolve(result as QueryResult);
      };
      // A text and a callback, because the driver copies a configuration property by property.
      const query = new Query(text, values ?? [], settle);
      if (this.names && values?.length) Object.assign(query, { name: this.names.nameOf(sql) });
      super.query(query);
    });
  }
}
