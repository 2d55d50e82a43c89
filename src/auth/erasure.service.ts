import { Injectable } from '@nestjs/common';
import { Mails } from '../mail/mails.js';
import { Transactions } from '../platform/database/transactions.js';
import { Hook } from '../platform/hooks/hook.js';
import type { Actor } from '../platform/http/actor.js';
import { IdempotencyService } from '../platform/idempotency/idempotency.service.js';
import { invalid, Problem } from '../problems/problem.js';
import { ERASED_NAME } from '../users/erased-user.js';
import { UsersService } from '../users/users.service.js';
import { AccountTokens } from './account-tokens.js';
import { Passwords } from './passwords.js';
import { SessionsService } from './sessions.service.js';

/**
 * Erases an account. The first transaction removes all personal data: from then on nobody can sign in, and history
 * shows "Deleted user". Then the listeners of `erased` handle the events of the user.
 */
@Injectable()
export class ErasureService {
  /** An account was erased. A listener that fails completes its work later by itself. */
  readonly erased = new Hook<[userId: string]>('ErasureService.erased');

  constructor(
    private readonly users: UsersService,
    private readonly passwords: Passwords,
    private readonly sessions: SessionsService,
    private readonly tokens: AccountTokens,
    private readonly mails: Mails,
    private readonly idempotency: IdempotencyService,
    private readonly transactions: Transactions,
  ) {}

  /** @throws Problem validation_failed if the password is wrong */
  async erase(actor: Actor, password: string): Promise<void> {
    const user = await this.users.find(actor.userId);
    if (!user) throw new Problem('unauthenticated');
    if (!(await this.passwords.matches(password, user.passwordHash))) {
      throw invalid({ pointer: '/password', code: 'wrong_password', message: 'This is not your password.' });
    }
    const ended = await this.transactions.run(async (tx) => {
      this.users.erase(tx, user.id);
      this.tokens.end(tx, user.id);
      for (const address of [user.email, user.pendingEmail]) if (address !== null) this.mails.forget(tx, address);
      await this.idempotency.forget(tx, user.id, ERASED_NAME);
      return this.sessions.erase(tx, user.id);
    });
    await this.sessions.forget(ended);
    await this.erased.runEach(user.id);
    // A write that ran at the same time may have stored a response with the old name.
    await this.transactions.run((tx) => this.idempotency.forget(tx, user.id, ERASED_NAME));
  }
}
