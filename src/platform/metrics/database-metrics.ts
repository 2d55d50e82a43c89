import { Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { Gauge } from 'prom-client';
import { DataSource } from 'typeorm';
import { Metrics } from './metrics.js';

/** How busy the connections to the database are. Asking costs no query, so that it also works while it is down. */
@Injectable()
export class DatabaseMetrics {
  constructor({ registry }: Metrics, dataSource: DataSource) {
    const registers = [registry];
    // Asked for anew each time: the driver makes another one when it connects again.
    const pool = (): Pool => (dataSource.driver as unknown as { master: Pool }).master;
    new Gauge({
      name: 'convene_database_connections',
      help: 'Connections held to the database; the total is their sum.',
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
