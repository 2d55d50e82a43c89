import { Injectable, Logger } from '@nestjs/common';
import type { Transaction } from '../database/transactions.js';
import type { Change } from './change.js';

/** Somebody who is told of a change. */
export interface Reader {
  id: string;
  username: string;
}

/** A feature that keeps or passes on what happened. */
export interface ChangeListener {
  /** Runs once at the end of the transaction, with everything that happened in it, before COMMIT. */
  beforeCommit(tx: Transaction, changes: Change[]): Promise<void>;
  /** Runs after COMMIT and must neither wait nor throw: it may only wake others. */
  afterCommit?(changes: Change[]): void;
  /** Asked in rehearsals, after `beforeCommit`: whom `afterCommit` would wake with news. */
  readers?(tx: Transaction, changes: Change[]): Promise<Reader[]>;
}

/**
 * The one door for what happened: writers call `tx.record(change)`, features listen here. Listeners run in the order
 * in which their modules are imported, history before notifications.
 */
@Injectable()
export class Changes {
  private readonly logger = new Logger(Changes.name);
  private readonly listeners: ChangeListener[] = [];

  listen(listener: ChangeListener): void {
    this.listeners.push(listener);
  }

  async flush(tx: Transaction): Promise<void> {
    if (tx.changes.length === 0) return;
    for (const listener of this.listeners) await listener.beforeCommit(tx, tx.changes);
  }

  /** Who would be told of what happened in the transaction. */
  async readers(tx: Transaction): Promise<Reader[]> {
    const told: Reader[] = [];
    for (const listener of this.listeners) told.push(...((await listener.readers?.(tx, tx.changes)) ?? []));
    return told;
  }

  committed(changes: Change[]): void {
    if (changes.length === 0) return;
    for (const listener of this.listeners) {
      try {
        listener.afterCommit?.(changes);
      } catch (error) {
        // The change is stored; failing to wake somebody must not look like a failed write.
        this.logger.error(error instanceof Error ? error.stack : error);
      }
    }
  }
}
