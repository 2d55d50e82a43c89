import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { KeyedQueue, QueueFull } from '../hooks/keyed-queue.js';
import { NoFreeConnection } from './database-errors.js';

/** Who has not ended after this time waits for a lock or for a distant database, or does much, and keeps nobody waiting. */
const TURN_MS = 20;
/** Transactions that may wait for each connection of the pool. */
const MAX_WAITING = 10;
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
   * Waits until a transaction may begin. Returns the function that ends its turn.
   * @throws NoFreeConnection when too many wait, or for longer than a transaction may take
   */
  async begin(): Promise<() => void> {
    try {
      const leave = await this.queue.enter(ALL);
      const timer = setTimeout(leave, TURN_MS);
      return () => {
        clearTimeout(timer);
        leave();
      };
    } catch (error) {
      throw error instanceof QueueFull ? new NoFreeConnection() : error;
    }
  }
}
