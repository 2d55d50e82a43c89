import { Logger } from '@nestjs/common';
import type { DataSourceOptions, MixedList } from 'typeorm';

interface DataSourceSettings {
  url: string;
  poolSize?: number;
  /** Longest wait for a free connection, in seconds. */
  waitSeconds?: number;
}

/** The one description of the database connection: the server, the migration commands and the tests share it. */
export function dataSourceOptions(
  { url, poolSize = 5, waitSeconds = 5 }: DataSourceSettings,
  files: {
    entities?: MixedList<string | (new () => object)>;
    migrations?: MixedList<string | (new () => object)>;
  } = {},
): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    ...files,
    synchronize: false,
    migrationsTableName: 'schema_migrations',
    // Each migration is all or nothing by itself.
    migrationsTransactionMode: 'each',
    installExtensions: false,
    uuidExtension: 'pgcrypto',
    applicationName: 'convene',
    poolSize,
    connectTimeoutMS: waitSeconds * 1_000,
    parseInt8: true,
    extra: {
      // A request that waits longer than this has lost its caller.
      statement_timeout: 30_000,
      idle_in_transaction_session_timeout: 60_000,
      options: '-c timezone=UTC',
    },
    // TypeORM would print failed statements with their parameters: password hashes, e-mails, titles. What nobody
    // expected is logged by the problem filter.
    logging: false,
    // A connection that breaks while nobody uses it; the pool replaces it.
    poolErrorHandler: (error: Error) => new Logger('Database').warn(`Lost a connection: ${error.message}`),
  };
}
