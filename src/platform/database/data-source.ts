import { Logger } from '@nestjs/common';
import pg from 'pg';
import type { DataSourceOptions, MixedList } from 'typeorm';
import { BoundedPool } from './bounded-pool.js';
import { type OnStatement, PreparedClient } from './prepared-client.js';
import type { SilenceWatch } from './silence-watch.js';
import { StatementNames } from './statement-names.js';

/** PostgreSQL ends the transaction of a server whose machine is gone after 30 s. */
const DEAD_CLIENTS = '-c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3';

/**
 * Planning for the values of each call would cost more than the statement. A connection therefore keeps its plans, also
 * those of triggers and foreign keys, and makes some while the tables are small: reading a whole table is then the cheapest,
 * and still the plan when an import has added thousands of rows to it. Compiling a statement takes longer than it runs.
 */
const PLANS = '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c jit=off';

interface DataSourceSettings {
  url: string;
  poolSize?: number;
  /** The longest time that opening a connection may take, in seconds: 5, or as long as one may wait for a free one. */
  connectSeconds?: number;
  /** The longest wait for a free connection, in seconds; any when absent. */
  waitSeconds?: number;
  /** The longest time that a statement may take, in seconds; 0 for any. */
  statementSeconds?: number;
  /** The longest wait for a lock, such as that of an event with very many writers, in seconds; 0 for any. */
  lockSeconds?: number;
  /** False when a proxy before the database doesn't support prepared statements. */
  prepare?: boolean;
  /** Called for each exchange with the database. */
  onExchange?: () => void;
  onStatement?: OnStatement | undefined;
  watch?: SilenceWatch;
}

/** Returns the options of the database connection for the server, the migration commands and the tests. */
export function dataSourceOptions(
  {
    url,
    poolSize = 5,
    waitSeconds,
    connectSeconds = Math.max(5, waitSeconds ?? 0),
    statementSeconds = 30,
    lockSeconds = statementSeconds,
    prepare = true,
    onExchange,
    onStatement,
    watch,
  }: DataSourceSettings,
  files: {
    entities?: MixedList<string | (new () => object)>;
    migrations?: MixedList<string | (new () => object)>;
  } = {},
): DataSourceOptions {
  return {
    type: 'postgres',
    // Otherwise TypeORM looks for it by name, which finds a second copy beside the one in the bundle.
    driver: { ...pg, Pool: BoundedPool },
    url,
    ...files,
    synchronize: false,
    migrationsTableName: 'schema_migrations',
    // Each migration runs in a transaction of its own.
    migrationsTransactionMode: 'each',
    installExtensions: false,
    uuidExtension: 'pgcrypto',
    applicationName: 'convene',
    poolSize,
    parseInt8: true,
    extra: {
      Client: PreparedClient,
      names: prepare ? new StatementNames() : undefined,
      onExchange,
      onStatement,
      watch,
      openMs: connectSeconds * 1_000,
      waitMs: waitSeconds && waitSeconds * 1_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      // Ends a statement that takes longer than a caller waits for a response.
      statement_timeout: statementSeconds * 1_000,
      lock_timeout: lockSeconds * 1_000,
      // A server that is frozen or cut off in the middle of a transaction holds its locks no longer than this.
      idle_in_transaction_session_timeout: statementSeconds * 500,
      options: `-c timezone=UTC ${PLANS} ${DEAD_CLIENTS}`,
    },
    // TypeORM would log failed statements with their parameters: password hashes, e-mail addresses, titles. The problem
    // filter logs unexpected errors.
    logging: false,
    // Handles an idle connection that breaks. The pool replaces it.
    poolErrorHandler: (error: Error) => new Logger('Database').warn(`Lost a connection: ${error.message}`),
  };
}
