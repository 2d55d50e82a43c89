import { createHash } from 'node:crypto';
import { Client, type ClientConfig, type QueryConfig } from 'pg';

/** Options of the driver beside those of `pg`. The data source passes them to the pool as `extra`. */
export interface PreparedClientOptions extends ClientConfig {
  /** False for a proxy between server and database that doesn't support prepared statements. */
  prepare?: boolean;
  /** Called for each exchange: statements that are sent together, and one wait for their results. */
  onExchange?: () => void;
}

/** More texts than the program has. The rest, if there ever is any, is planned each time. */
const MAX_NAMES = 1_000;
const names = new Map<string, string>();

/** Returns the name under which connections prepare a statement: the same for the same text. */
function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known || names.size >= MAX_NAMES) return known;
  const name = `convene_${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
  names.set(text, name);
  return name;
}

/**
 * A connection that prepares every statement with parameters, so that PostgreSQL parses and plans it once, and that
 * sends statements without waiting for the results of those before them.
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
    const [text, values] = args;
    const send = super.query.bind(this) as (...args: unknown[]) => unknown;
    const isStatement = typeof text === 'string' && typeof args.at(-1) !== 'function';
    if (!isStatement) return send(...args) as never;
    if (this.running === 0) this.onExchange?.();
    this.running += 1;
    const settled = (): void => void (this.running -= 1);
    const result = send(this.prepare(text, values as unknown[] | undefined)) as Promise<unknown>;
    result.then(settled, settled);
    return result as never;
  }

  private prepare(text: string, values: unknown[] | undefined): QueryConfig {
    if (!this.prepares || !values?.length) return { text, values };
    return { name: nameOf(text), text, values };
  }
}
