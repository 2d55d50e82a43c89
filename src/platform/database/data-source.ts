import { Logger } from '@nestjs/common';
import pg from 'pg';
import type { DataSourceOptions, MixedList } from 'typeorm';
import { PreparedClient } from './prepared-client.js';

interface DataSourceSettings {
  url: string;
  poolSize?: number;
  /** The longest wait for a free connection, in seconds. */
  waitSeconds?: number;
  /** The longest time that a statement may take, in seconds; 0 for any. */
  statementSeconds?: number;
  /** False when a proxy before the database doesn't support prepared statements. */
  prepare?: boolean;
  /** Called for each exchange with the database. */
  onExchange?: () => void;
}

/** Returns the options of the database connection for the server, the migration commands and the tests. */
export function dataSourceOptions(
  { url, poolSize = 5, waitSeconds = 5, statementSeconds = 30, prepare = true, onExchange }: DataSourceSettings,
  files: {
    entities?: MixedList<string | (new () => object)>;
    migrations?: MixedList<string | (new () => object)>;
  } = {},
): DataSourceOptions {
  return {
    type: 'postgres',
    // Otherwise TypeORM looks for it by name, which finds a second copy beside the one in the bundle.
    driver: pg,
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
    connectTimeoutMS: waitSeconds * 1_000,
    parseInt8: true,
    extra: {
      Client: PreparedClient,
      prepare,
      onExchange,
      // Ends a statement that takes longer than a caller waits for a response.
      statement_timeout: statementSeconds * 1_000,
      idle_in_transaction_session_timeout: 60_000,
      // Planning for the values of each call would cost more than the statement.
      options: '-c timezone=UTC -c plan_cache_mode=force_generic_plan',
    },
    // TypeORM would log failed statements with their parameters: password hashes, e-mail addresses, titles. The problem
    // filter logs unexpected errors.
    logging: false,
    // Handles an idle connection that breaks. The pool replaces it.
    poolErrorHandler: (error: Error) => new Logger('Database').warn(`Lost a connection: ${error.message}`),
  };
}
