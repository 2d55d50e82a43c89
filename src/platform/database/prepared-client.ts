import { Client, type ClientConfig, type QueryConfig } from 'pg';
import { nameOf, type Sql, VaryingSql } from './statement-names.js';

/** Options of the driver beside those of `pg`. The data source passes them to the pool as `extra`. */
export interface PreparedClientOptions extends ClientConfig {
  /** False for a proxy between server and database that doesn't support prepared statements. */
  prepare?: boolean;
  /** Called for each exchange: statements that are sent together, and one wait for their results. */
  onExchange?: () => void;
}

/**
 * A connection that prepares statements with parameters, so that PostgreSQL parses and plans them once, and that sends
 * statements without waiting for the results of those before them.
 */
export class PreparedClient extends Client {
  private readonly prepares: boolean;
  private readonly onExchange: (() => void) | undefined;
  private running = 0;

  constructor(options: PreparedClientOptions) {
    super({ ...options, pipeline: true });
    this.prepares = options.prepare !== false;
    this.onExchange = options.onExchange;
    // The error rejects the statements that run. Unheard, it would also end the process.
    this.on('error', () => undefined);
  }

  // Every form of a call is passed on as it is, except a text with parameters.
  override query(...args: unknown[]): never {
    const [sql, values] = args;
    const send = super.query.bind(this) as (...args: unknown[]) => unknown;
    const isStatement = (typeof sql === 'string' || sql instanceof VaryingSql) && typeof args.at(-1) !== 'function';
    if (!isStatement) return send(...args) as never;
    if (this.running === 0) this.onExchange?.();
    this.running += 1;
    const settled = (): void => void (this.running -= 1);
    const result = send(this.prepare(sql, values as unknown[] | undefined)) as Promise<unknown>;
    result.then(settled, settled);
    return result as never;
  }

  private prepare(sql: Sql, values: unknown[] | undefined): QueryConfig {
    const text = typeof sql === 'string' ? sql : sql.text;
    if (!this.prepares || !values?.length) return { text, values };
    return { name: nameOf(sql), text, values };
  }
}
