import { Global, Module } from '@nestjs/common';
import { Config } from '../config/config.js';
import { PostgresCarrier } from './postgres-carrier.js';
import { Signals } from './signals.js';

/** What servers on one database tell one another. */
@Global()
@Module({
  providers: [
    {
      provide: Signals,
      inject: [Config],
      useFactory: (config: Config) => new Signals(new PostgresCarrier(config.databaseUrl)),
    },
  ],
  exports: [Signals],
})
export class SignalsModule {}
