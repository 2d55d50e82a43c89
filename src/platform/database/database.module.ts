import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Config } from '../config/config.js';
import { dataSourceOptions } from './data-source.js';
import { DatabaseClock } from './database-clock.js';
import { Database } from './database.js';
import { TimeLimits } from './deadline.js';
import { Exchanges } from './exchanges.js';
import { SilenceWatch } from './silence-watch.js';
import { Tracing } from '../tracing/tracing.js';
import { TransactionTurns } from './transaction-turns.js';
import { Transactions } from './transactions.js';

const watch = {
  provide: SilenceWatch,
  inject: [Config],
  useFactory: ({ databaseUrl, values }: Config) =>
    new SilenceWatch(databaseUrl, values.databaseSilenceSeconds, values.databaseStatementSeconds),
};

const limits = {
  provide: TimeLimits,
  inject: [Config],
  useFactory: ({ values }: Config) =>
    new TimeLimits(values.databaseTransactionSeconds, values.databaseStatementSeconds),
};

/** What the connections tell something to. */
@Module({ providers: [Exchanges, watch], exports: [Exchanges, SilenceWatch] })
class ObserversModule {}

@Global()
@Module({
  imports: [
    ObserversModule,
    TypeOrmModule.forRootAsync({
      imports: [ObserversModule],
      inject: [Config, Exchanges, SilenceWatch, Tracing],
      useFactory: ({ databaseUrl, values }: Config, exchanges: Exchanges, silence: SilenceWatch, tracing: Tracing) => ({
        ...dataSourceOptions({
          url: databaseUrl,
          poolSize: values.databasePoolSize,
          waitSeconds: values.databaseWaitSeconds,
          statementSeconds: values.databaseStatementSeconds,
          lockSeconds: values.databaseLockSeconds,
          prepare: values.databasePrepares,
          onExchange: () => void (exchanges.total += 1),
          onStatement: tracing.source ? tracing.startStatement : undefined,
          watch: silence,
        }),
        autoLoadEntities: true,
        retryAttempts: 5,
        retryDelay: 500,
      }),
    }),
  ],
  providers: [Database, DatabaseClock, limits, TransactionTurns, Transactions],
  exports: [Database, DatabaseClock, ObserversModule, TransactionTurns, Transactions],
})
export class DatabaseModule {}
