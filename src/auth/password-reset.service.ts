import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../audit/audit-trail.js';
import { Mails } from '../mail/mails.js';
import { Config } from '../platform/config/config.js';
import { Transactions } from '../platform/database/transactions.js';
import type { RequestOrigin } from '../platform/tracing/request-origin.js';
import { invalid } from '../problems/problem.js';
import { UsersService } from '../users/users.service.js';
import { passwordChangedLetter, passwordResetLetter } from './account-mails.js';
import { AccountTokens } from './account-tokens.js';
import { AppPasswords } from './app-passwords.service.js';
import { EmailAddressesService } from './email-addresses.service.js';
import { Passwords } from './passwords.js';
import { findWeakPassword } from './judge-account.js';
import { SessionsService } from './sessions.service.js';

/** Lets a person set a new password who receives mails at the address of the account. */
@Injectable()
export class PasswordResetService {
  constructor(
    private readonly users: UsersService,
    private readonly tokens: AccountTokens,
    private readonly appPasswords: AppPasswords,
    private readonly emails: EmailAddressesService,
    private readonly passwords: Passwords,
    private readonly sessions: SessionsService,
    private readonly mails: Mails,
    private readonly config: Config,
    private readonly transactions: Transactions,
    private readonly audit: AuditTrail,
  ) {}

  /** Sends a link to the address. If nobody has it, the same is written, so that the time doesn't reveal that. */
  async request(origin: RequestOrigin, address: string): Promise<void> {
    const minutes = this.config.values.passwordResetMinutes;
    await this.transactions.run(origin, async (tx) => {
      const [user] = await this.users.findAll(tx, [{ email: address }]);
      // To the address as it is stored: another one may only look the same.
      const account = user ?? { username: 'nobody', email: address };
      const token = this.tokens.issue(tx, 'password_reset', user?.id ?? null, account.email, minutes * 60);
      const letter = passwordResetLetter(account, this.mails.link('reset-password', token), minutes);
      if (user) this.mails.queue(tx, letter);
      else this.mails.pretend(tx, letter);
    });
  }

  /**
   * Sets the password, and ends all sessions, app passwords and other links of the account.
   * @throws Problem validation_failed if the token cannot be used or the password is refused
   */
  async confirm(origin: RequestOrigin, token: string, password: string): Promise<void> {
    const { username, email } = await this.tokens.find(token, ['password_reset']);
    const weak = await findWeakPassword(password, { username, email });
    if (weak.length > 0) throw invalid(...weak);
    const passwordHash = await this.passwords.hash(password);
    const ended = await this.transactions.run(origin, async (tx) => {
      const { userId, confirms, isVerified, ...account } = await this.tokens.use(tx, token, ['password_reset']);
      this.users.resetPassword(tx, userId, passwordHash, confirms);
      this.tokens.end(tx, userId);
      this.appPasswords.endAll(tx, userId);
      if (!isVerified) await this.emails.verified.run(tx, userId);
      this.mails.queue(tx, passwordChangedLetter(account));
      this.audit.record(tx, [{ kind: 'password_changed', actorId: userId }]);
      return this.sessions.endIn(tx, userId, {}, { kind: 'session_ended', actorId: userId });
    });
    await this.sessions.forget(ended);
  }
}
