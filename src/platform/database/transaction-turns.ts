import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { KeyedQueue, QueueFull } from '../hooks/keyed-queue.js';
import { NoFreeConnection } from './database-errors.js';

/** A transaction that takes longer is waiting for a lock or for a distant database, or is a large one. Others may begin then. */
const TURN_MS = 20;
const ALL = '';

/**
 * Lets a few transactions begin at once, and others when one of them ends or has lasted for 20 ms.
 *
 * A connection is a process of PostgreSQL with caches and plans of its own. A few that are always at work have them in the
 * caches of the processors, and a write costs PostgreSQL a fifth less than with one connection for each request.
 */
@Injectable()
export class TransactionTurns {
  private readonly queue: KeyedQueue;

  constructor({ values }: Config) {
    // Others would wait for a connection, which has a limit of its own.
    const atOnce = Math.min(values.databaseTransactionsAtOnce, values.databasePoolSize);
    const turnsInTime = Math.floor((values.databaseWaitSeconds * 1_000) / TURN_MS);
    this.queue = new KeyedQueue({
      atOnce,
      // As many as begin within the longest wait, even if no transaction ends.
      waiting: atOnce * turnsInTime,
      // So nobody has to be refused after a time, which would also happen when the event loop is late.
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
