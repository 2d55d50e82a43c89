import { Injectable, Logger } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { Config } from '../config/config.js';
import type { Transaction } from '../database/transaction.js';
import { Transactions } from '../database/transactions.js';
import type { RequestOrigin } from '../tracing/request-origin.js';
import type { KeyedRequest } from './keyed-request.js';
import { IdempotencyKeysRepository, type StoredResponse } from './idempotency-keys.repository.js';

const HOUR_MS = 3_600_000;

/** Runs a request once and sends the same response however often a client sends it. */
@Injectable()
export class IdempotencyService {
  private readonly logger = new Logger(IdempotencyService.name);

  constructor(
    private readonly keys: IdempotencyKeysRepository,
    private readonly transactions: Transactions,
    private readonly config: Config,
  ) {}

  /**
   * Runs `work` once per key and stores its response in the transaction of the change: a server that fails before
   * COMMIT has changed nothing, and one that fails after it has stored the response. A rejected request is not stored,
   * so its key can be used again.
   * @throws Problem request_running, validation_failed, and the errors of `work`
   */
  once(
    origin: RequestOrigin,
    request: KeyedRequest,
    work: () => Promise<StoredResponse>,
  ): Promise<{ response: StoredResponse; replayed: boolean }> {
    return this.transactions.run(
      origin,
      async (tx) => {
        const after = this.oldest();
        const stored = await this.keys.claim(tx, request, after);
        if (stored) return { response: stored, replayed: true };
        const response = await work();
        await this.keys.store(tx, request, response, after);
        return { response, replayed: false };
      },
      { spansRequest: true },
    );
  }

  /** Returns the stored response to this very request; null if there is none. */
  find(request: KeyedRequest): Promise<StoredResponse | null> {
    return this.keys.find(request, this.oldest());
  }

  @Cron('0 */10 * * * *', { name: 'prune-idempotency-keys' })
  async prune(): Promise<void> {
    try {
      const removed = await this.keys.prune(this.oldest());
      if (removed > 0) this.logger.log('idempotency keys pruned', { removed });
    } catch (error) {
      // Expired keys are ignored even if they still exist. The next run deletes them.
      this.logger.error(error instanceof Error ? error.stack : error);
    }
  }

  /**
   * Erases a user from the stored responses. Deletes those to the user's own requests and replaces the name in those to
   * others, which must stay: without them a retry would repeat the change.
   */
  async forget(tx: Transaction, userId: string, name: string): Promise<void> {
    await this.keys.deleteByUser(tx, userId);
    await this.keys.rename(tx, userId, name);
  }

  private oldest(): Date {
    return new Date(Date.now() - this.config.values.idempotencyKeyHours * HOUR_MS);
  }
}
