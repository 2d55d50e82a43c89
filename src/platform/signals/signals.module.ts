import { Global, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../config/config.js';
import { databaseIdentity } from '../database/database-identity.js';
import type { Bus } from './bus.js';
import { PostgresBus } from './postgres-bus.js';
import { RedisBus } from './redis-bus.js';
import { Signals } from './signals.js';

function createBus({ values, databaseUrl }: Config, dataSource: DataSource): Bus {
  if (values.redisUrl) return new RedisBus(values.redisUrl, () => databaseIdentity(dataSource));
  return new PostgresBus(databaseUrl);
}

/** Signals between the servers on one database, over PostgreSQL or, with REDIS_URL, over Redis. */
@Global()
@Module({
  providers: [
    {
      provide: Signals,
      inject: [Config, DataSource],
      useFactory: (config: Config, dataSource: DataSource) => new Signals(createBus(config, dataSource)),
    },
  ],
  exports: [Signals],
})
export class SignalsModule {}
