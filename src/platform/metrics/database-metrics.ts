import { Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { Database } from '../database/database.js';
import { Exchanges } from '../database/exchanges.js';
import { TransactionTurns } from '../database/transaction-turns.js';
import { Metrics } from './metrics.js';

/** Metrics of the database connections. Reading them needs no query, so they work while the database is down. */
@Injectable()
export class DatabaseMetrics {
  constructor({ registry }: Metrics, database: Database, exchanges: Exchanges, turns: TransactionTurns) {
    const registers = [registry];
    new Gauge({
      name: 'convene_database_connections',
      help: 'Open connections to the database, by state.',
      labelNames: ['state'],
      registers,
      collect() {
        const { totalCount, idleCount } = database.pool;
        this.set({ state: 'idle' }, idleCount);
        this.set({ state: 'in_use' }, totalCount - idleCount);
      },
    });
    new Gauge({
      name: 'convene_database_waiting',
      help: 'Requests that wait for a free connection, or until a transaction may begin.',
      registers,
      collect() {
        this.set(database.pool.waitingCount + turns.waiting);
      },
    });
    new Counter({
      name: 'convene_database_exchanges_total',
      help: 'Exchanges with the database: statements that are sent together, and one wait for their results.',
      registers,
      collect() {
        this.reset();
        this.inc(exchanges.total);
      },
    });
  }
}
