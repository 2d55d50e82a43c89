import { Injectable, Logger } from '@nestjs/common';
import { Transactions } from '../platform/database/transactions.js';
import type { Actor } from '../platform/http/actor.js';
import { invalid, Problem } from '../platform/http/problem.js';
import { IdempotencyService } from '../platform/writes/idempotency.service.js';
import { ERASED_NAME } from '../users/erased-user.js';
import { UsersService } from '../users/users.service.js';
import { Passwords } from './passwords.js';
import { SessionsService } from './sessions.service.js';

/** Takes apart what hangs on a person who is gone, and sees to it by itself that it is finished if it is interrupted. */
type ErasureListener = (userId: string) => Promise<void>;

/**
 * Erases a person. First, in one transaction, everything that tells who it was: from then on nobody can sign in, and
 * history names "Deleted user". Then whatever the other rooms have to undo.
 */
@Injectable()
export class ErasureService {
  private readonly logger = new Logger(ErasureService.name);
  private readonly listeners: ErasureListener[] = [];

  constructor(
    private readonly users: UsersService,
    private readonly passwords: Passwords,
    private readonly sessions: SessionsService,
    private readonly answers: IdempotencyService,
    private readonly transactions: Transactions,
  ) {}

  onErase(listener: ErasureListener): void {
    this.listeners.push(listener);
  }

  /** @throws Problem validation_failed when it is not the password */
  async erase(actor: Actor, password: string): Promise<void> {
    const user = await this.users.find(actor.userId);
    if (!user) throw new Problem('unauthenticated');
    if (!(await this.passwords.matches(password, user.passwordHash))) {
      throw invalid({ pointer: '/password', code: 'wrong_password', message: 'This is not your password.' });
    }
    const ended = await this.transactions.run(async (tx) => {
      await this.users.erase(tx, user.id);
      await this.answers.forget(tx, user.id, ERASED_NAME);
      return this.sessions.erase(tx, user.id);
    });
    await this.sessions.forget(ended);
    // Whoever wrote while the name was being taken away may have kept it in an answer.
    const forgetAgain: ErasureListener = (userId) =>
      this.transactions.run((tx) => this.answers.forget(tx, userId, ERASED_NAME));
    for (const listener of [...this.listeners, forgetAgain]) {
      // Erased all the same, and the caller can no longer ask again: whoever listens finishes it later.
      await listener(user.id).catch((error: unknown) => {
        this.logger.error(error instanceof Error ? error.stack : error);
      });
    }
  }
}
