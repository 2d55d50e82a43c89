import { Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { Gauge } from 'prom-client';
import { DataSource } from 'typeorm';
import { Metrics } from './metrics.js';

/** Metrics of the database connections. Reading them needs no query, so they work while the database is down. */
@Injectable()
export class DatabaseMetrics {
  constructor({ registry }: Metrics, dataSource: DataSource) {
    const registers = [registry];
    // Read each time, because the driver creates a new pool when it reconnects.
    const pool = (): Pool => (dataSource.driver as unknown as { master: Pool }).master;
    new Gauge({
      name: 'convene_database_connections',
      help: 'Open connections to the database, by state.',
      labelNames: ['state'],
      registers,
      collect() {
        const { totalCount, idleCount } = pool();
        this.set({ state: 'idle' }, idleCount);
        this.set({ state: 'in_use' }, totalCount - idleCount);
      },
    });
    new Gauge({
      name: 'convene_database_waiting',
      help: 'Requests that wait for a free connection.',
      registers,
      collect() {
        this.set(pool().waitingCount);
      },
    });
  }
}
