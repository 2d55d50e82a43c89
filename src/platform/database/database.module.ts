import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Config } from '../config/config.js';
import { dataSourceOptions } from './data-source.js';
import { Database } from './database.js';
import { Exchanges } from './exchanges.js';
import { Transactions } from './transactions.js';

@Module({ providers: [Exchanges], exports: [Exchanges] })
class ExchangesModule {}

@Global()
@Module({
  imports: [
    ExchangesModule,
    TypeOrmModule.forRootAsync({
      imports: [ExchangesModule],
      inject: [Config, Exchanges],
      useFactory: ({ databaseUrl, values }: Config, exchanges: Exchanges) => ({
        ...dataSourceOptions({
          url: databaseUrl,
          poolSize: values.databasePoolSize,
          waitSeconds: values.databaseWaitSeconds,
          prepare: values.databasePrepares,
          onExchange: () => void (exchanges.total += 1),
        }),
        autoLoadEntities: true,
        retryAttempts: 5,
        retryDelay: 500,
      }),
    }),
  ],
  providers: [Database, Transactions],
  exports: [Database, ExchangesModule, Transactions],
})
export class DatabaseModule {}
