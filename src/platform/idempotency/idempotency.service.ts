import { Injectable, Logger } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { Config } from '../config/config.js';
import { type Transaction, Transactions } from '../database/transactions.js';
import type { KeyedRequest } from './keyed-request.js';
import { IdempotencyKeysRepository, type StoredAnswer } from './idempotency-keys.repository.js';

const HOUR_MS = 3_600_000;

/** Does a request once and answers it as often as it is sent. */
@Injectable()
export class IdempotencyService {
  private readonly logger = new Logger(IdempotencyService.name);

  constructor(
    private readonly keys: IdempotencyKeysRepository,
    private readonly transactions: Transactions,
    private readonly config: Config,
  ) {}

  /**
   * The answer is stored in the transaction of the change itself: a server that dies before COMMIT has done nothing, one
   * that dies after it has left the answer. What is refused is not kept: the key is free again.
   * @throws Problem request_running, validation_failed, and whatever `work` throws
   */
  once(request: KeyedRequest, work: () => Promise<StoredAnswer>): Promise<{ answer: StoredAnswer; replayed: boolean }> {
    return this.transactions.run(async (tx) => {
      const after = this.oldest();
      const stored = await this.keys.claim(tx, request, after);
      if (stored) return { answer: stored, replayed: true };
      const answer = await work();
      await this.keys.store(tx, request, answer, after);
      return { answer, replayed: false };
    });
  }

  @Cron('0 */10 * * * *', { name: 'prune-idempotency-keys' })
  async prune(): Promise<void> {
    try {
      const removed = await this.keys.prune(this.oldest());
      if (removed > 0) this.logger.log('idempotency keys pruned', { removed });
    } catch (error) {
      // Old keys count no more, whether they are there or not; the next run takes them.
      this.logger.error(error instanceof Error ? error.stack : error);
    }
  }

  /**
   * Part of erasing a person: his answers go, and those of others call him by the name that he has from now on. They
   * stay: without them a retry would do again what was done.
   */
  async forget(tx: Transaction, userId: string, name: string): Promise<void> {
    await this.keys.removeOf(tx, userId);
    await this.keys.rename(tx, userId, name);
  }

  private oldest(): Date {
    return new Date(Date.now() - this.config.values.idempotencyKeyHours * HOUR_MS);
  }
}
