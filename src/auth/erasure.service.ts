import { Injectable } from '@nestjs/common';
import type { AuditEntry } from '../audit/audit-kinds.js';
import { AuditTrail } from '../audit/audit-trail.js';
import { Mails } from '../mail/mails.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Transactions } from '../platform/database/transactions.js';
import { Hook } from '../platform/hooks/hook.js';
import type { Actor } from '../platform/http/actor.js';
import { IdempotencyService } from '../platform/idempotency/idempotency.service.js';
import type { RequestOrigin } from '../platform/tracing/request-origin.js';
import { ERASED_NAME } from '../users/erased-user.js';
import type { User } from '../users/user.entity.js';
import { requireOtherAdmin, UsersService } from '../users/users.service.js';
import { AccountTokens } from './account-tokens.js';
import { AppPasswords } from './app-passwords.service.js';
import { wrongPassword } from './checked-password.js';
import { PasswordAttempts } from './password-attempts.js';
import { Passwords } from './passwords.js';
import { SessionsService } from './sessions.service.js';
import { unauthenticated } from './unauthenticated.js';

/**
 * Erases an account. The first transaction removes all personal data: from then on nobody can sign in, and history
 * shows "Deleted user". Then the listeners of `erased` handle the events of the user.
 */
@Injectable()
export class ErasureService {
  /** An account was erased. A listener that fails completes its work later by itself. */
  readonly erased = new Hook<[userId: string, origin: RequestOrigin]>('ErasureService.erased');

  constructor(
    private readonly users: UsersService,
    private readonly passwords: Passwords,
    private readonly sessions: SessionsService,
    private readonly tokens: AccountTokens,
    private readonly appPasswords: AppPasswords,
    private readonly mails: Mails,
    private readonly idempotency: IdempotencyService,
    private readonly transactions: Transactions,
    private readonly attempts: PasswordAttempts,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws Problem validation_failed if the password is wrong; rate_limited if it was too often; last_admin */
  async erase(actor: Actor, password: string): Promise<void> {
    const user = await this.users.find(actor.userId);
    if (!user) throw unauthenticated('ended');
    const check = (): Promise<boolean> => this.passwords.matches(password, user.passwordHash);
    if (!(await this.attempts.confirm(actor.sessionId, check))) {
      throw wrongPassword('/password');
    }
    const entry = { kind: 'account_erased', actorId: user.id } as const;
    const ended = await this.transactions.run(actor.origin, (tx) => this.eraseIn(tx, user.id, entry, user));
    await this.complete(actor.origin, user.id, ended);
  }

  /**
   * Erases an account in a transaction. Call `complete` after COMMIT with the sessions that it returns.
   * @param entry of the audit trail
   * @param checked the account as it was when its password was checked; undefined for an administrator, who needs none
   * @throws Problem last_admin; validation_failed or unauthenticated if the password or the account is another one by now
   */
  async eraseIn(tx: Transaction, userId: string, entry: AuditEntry, checked?: User): Promise<string[]> {
    const { account, admins } = await this.users.lockWithAdmins(tx, userId);
    if (checked) {
      if (!account || account.disabledAt) throw unauthenticated('ended');
      if (account.passwordHash !== checked.passwordHash) throw wrongPassword('/password');
    }
    requireOtherAdmin(userId, admins);
    for (const address of [account?.email, account?.pendingEmail]) if (address) this.mails.forget(tx, address);
    this.tokens.end(tx, userId);
    this.appPasswords.endAll(tx, userId);
    this.users.erase(tx, userId);
    this.audit.record(tx, [entry]);
    this.audit.eraseOrigins(tx, userId);
    await this.idempotency.forget(tx, userId, ERASED_NAME);
    return this.sessions.erase(tx, userId);
  }

  /** Ends the sessions of an erased account everywhere, and lets the listeners handle its events. */
  async complete(origin: RequestOrigin, userId: string, endedSessions: string[]): Promise<void> {
    await this.sessions.forget(endedSessions);
    await this.erased.runEach(userId, origin);
    // A write that ran at the same time may have stored a response with the old name, or an address.
    await this.transactions.run(origin, async (tx) => {
      this.audit.eraseOrigins(tx, userId);
      await this.idempotency.forget(tx, userId, ERASED_NAME);
    });
  }
}
