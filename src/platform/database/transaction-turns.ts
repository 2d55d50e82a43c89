import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { KeyedQueue, QueueFull } from '../hooks/keyed-queue.js';
import { MAX_WAITING } from './bounded-pool.js';
import { NoFreeConnection } from './database-errors.js';

/** Who has not ended after this time waits for a lock or for a distant database, or does much, and keeps nobody waiting. */
const TURN_MS = 20;
const ALL = '';

/**
 * Lets a few transactions begin at once, and others when one of them ends or has lasted for 20 ms.
 *
 * A connection is a process of PostgreSQL with caches and plans of its own. A few that are always at work have them in the
 * caches of the processors, and a write costs both sides a fifth less than with one connection for each request.
 */
@Injectable()
export class TransactionTurns {
  private readonly queue: KeyedQueue;

  constructor({ values }: Config) {
    this.queue = new KeyedQueue({
      atOnce: values.databaseTransactionsAtOnce,
      waiting: values.databasePoolSize * MAX_WAITING,
      // The queue moves on by itself. A wait for a connection has a shorter limit, and begins after the turn did.
      longestWait: values.databaseTransactionSeconds * 1_000,
    });
  }

  /** How many wait. */
  get waiting(): number {
    return this.queue.waiting;
  }

  /**
   * Runs a transaction when it may begin.
   * @throws NoFreeConnection when too many wait, or for longer than a transaction may take
   */
  async run<T>(transaction: () => Promise<T>): Promise<T> {
    const leave = await this.enter();
    const timer = setTimeout(leave, TURN_MS);
    try {
      return await transaction();
    } finally {
      clearTimeout(timer);
      leave();
    }
  }

  private async enter(): Promise<() => void> {
    try {
      return await this.queue.enter(ALL);
    } catch (error) {
      throw error instanceof QueueFull ? new NoFreeConnection() : error;
    }
  }
}
