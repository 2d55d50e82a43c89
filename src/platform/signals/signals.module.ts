import { Global, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../config/config.js';
import { databaseIdentity } from '../database/database-identity.js';
import type { Bus } from './bus.js';
import { PostgresBus } from './postgres-bus.js';
import { Signals } from './signals.js';

async function createBus({ values, databaseUrl }: Config, dataSource: DataSource): Promise<Bus> {
  if (!values.redisUrl) return new PostgresBus(databaseUrl);
  // The Redis client is a fifth of all modules: a server without Redis does not load it.
  const { RedisBus } = await import('./redis-bus.js');
  return new RedisBus(values.redisUrl, () => databaseIdentity(dataSource));
}

/** Signals between the servers on one database, over PostgreSQL or, with REDIS_URL, over Redis. */
@Global()
@Module({
  providers: [
    {
      provide: Signals,
      inject: [Config, DataSource],
      useFactory: async (config: Config, dataSource: DataSource) => new Signals(await createBus(config, dataSource)),
    },
  ],
  exports: [Signals],
})
export class SignalsModule {}
