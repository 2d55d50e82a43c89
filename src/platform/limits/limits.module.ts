import { Global, Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Config } from '../config/config.js';
import { databaseIdentity } from '../database/database-identity.js';
import { MonotonicClock } from './clock.js';
import type { CounterStore } from './counter-store.js';
import { COUNTER_STORE, Limits } from './limits.service.js';
import { MemoryCounters } from './memory-counters.js';
import { RequestLimits } from './request-limits.js';

async function createStore({ values }: Config, clock: MonotonicClock, dataSource: DataSource): Promise<CounterStore> {
  const memory = new MemoryCounters(clock);
  if (!values.redisUrl || !values.rateLimits) return memory;
  // A server without Redis does not load its client.
  const { RedisCounters } = await import('./redis-counters.js');
  const counters = new RedisCounters(
    {
      url: values.redisUrl,
      waitMs: values.rateLimitWaitMilliseconds,
      databaseIdentity: () => databaseIdentity(dataSource),
    },
    memory,
  );
  // A Redis that does not answer must not keep the server from starting.
  void counters.open();
  return counters;
}

/** Rate limits, counted in memory or, with REDIS_URL, together with the other servers. */
@Global()
@Module({
  providers: [
    Limits,
    MonotonicClock,
    RequestLimits,
    { provide: COUNTER_STORE, inject: [Config, MonotonicClock, DataSource], useFactory: createStore },
  ],
  exports: [Limits, MonotonicClock, RequestLimits],
})
export class LimitsModule {}
