import { Global, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../config/config.js';
import { databaseIdentity } from '../database/database-identity.js';
import type { Carrier } from './carrier.js';
import { PostgresCarrier } from './postgres-carrier.js';
import { RedisCarrier } from './redis-carrier.js';
import { Signals } from './signals.js';

function carrier({ values, databaseUrl }: Config, dataSource: DataSource): Carrier {
  if (values.redisUrl) return new RedisCarrier(values.redisUrl, () => databaseIdentity(dataSource));
  return new PostgresCarrier(databaseUrl);
}

/** What servers on one database tell one another. */
@Global()
@Module({
  providers: [
    {
      provide: Signals,
      inject: [Config, DataSource],
      useFactory: (config: Config, dataSource: DataSource) => new Signals(carrier(config, dataSource)),
    },
  ],
  exports: [Signals],
})
export class SignalsModule {}
