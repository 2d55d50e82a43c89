import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../audit/audit-trail.js';
import { Mails } from '../mail/mails.js';
import { Config } from '../platform/config/config.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Transactions } from '../platform/database/transactions.js';
import { Hook } from '../platform/hooks/hook.js';
import type { Actor } from '../platform/http/actor.js';
import type { RequestOrigin } from '../platform/tracing/request-origin.js';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import {
  accountCreatedLetter,
  emailChangeLetter,
  emailReleaseLetter,
  emailReplacedLetter,
  emailVerificationLetter,
} from './account-mails.js';
import { AccountTokens } from './account-tokens.js';
import type { LivingToken } from './account-tokens.repository.js';
import { unauthenticated } from './unauthenticated.js';

const HOUR_SECONDS = 3_600;

/** What a link came to: the address, and whether it is now the verified address of the account. */
export interface Confirmation {
  email: string;
  isComplete: boolean;
}

/** Verifies that people receive mails at their addresses, and changes addresses. */
@Injectable()
export class EmailAddressesService {
  /** An account has proved that it receives mails at its address, in the running transaction. */
  readonly verified = new Hook<[tx: Transaction, userId: string]>('EmailAddressesService.verified');

  constructor(
    private readonly users: UsersService,
    private readonly tokens: AccountTokens,
    private readonly mails: Mails,
    private readonly config: Config,
    private readonly transactions: Transactions,
    private readonly audit: AuditTrail,
  ) {}

  /** False when this server sends no links. */
  get areOn(): boolean {
    return this.mails.areOn;
  }

  /** Sends a link that sets the first password of an account, which verifies its address as well. */
  requestFirstPassword(tx: Transaction, user: User): void {
    const hours = this.config.values.emailLinkHours;
    const token = this.tokens.issue(tx, 'password_reset', user.id, user.email, hours * HOUR_SECONDS);
    this.mails.queue(tx, accountCreatedLetter(user, this.mails.link('reset-password', token), hours));
  }

  /** Sends a link that verifies the address of the account. */
  requestVerification(tx: Transaction, user: User): void {
    if (!this.mails.areOn) return;
    const hours = this.config.values.emailLinkHours;
    const token = this.tokens.issue(tx, 'email_verification', user.id, user.email, hours * HOUR_SECONDS);
    this.mails.queue(tx, emailVerificationLetter(user, this.mails.link('verify-email', token), hours));
  }

  /** Sends another link that verifies the address of the account, unless it is verified. */
  async resendVerification({ userId, origin }: Actor): Promise<void> {
    const user = await this.users.find(userId);
    if (!user) throw unauthenticated('ended');
    if (user.emailVerifiedAt) return;
    await this.transactions.run(origin, async (tx) => this.requestVerification(tx, user));
  }

  /** @throws Problem name_taken if somebody has the address that is to replace that of an account, and everybody may learn that */
  async requireFree(user: User, email: string): Promise<void> {
    if (!this.changesAtOnce(user, email)) await this.users.requireFreeEmail(email);
  }

  /**
   * Begins to replace the address of an account: the new address has to confirm it, and the old one as well if it is
   * verified. Replaces a change that was not confirmed yet; the address that the account has ends it. On a server that
   * sends no mails the address changes at once, and the call that sends the statement throws Problem name_taken.
   */
  change(tx: Transaction, user: User, email: string): void {
    if (this.changesAtOnce(user, email)) {
      this.users.update(tx, user.id, { email });
      this.end(tx, user.id);
      this.audit.record(tx, [{ kind: 'email_changed', actorId: user.id }]);
      return;
    }
    const hours = this.config.values.emailLinkHours;
    const until = new Date(Date.now() + hours * HOUR_SECONDS * 1_000);
    this.end(tx, user.id);
    this.users.setPendingEmail(tx, user.id, email, until);
    const link = (purpose: 'email_change' | 'email_release'): string =>
      this.mails.link('verify-email', this.tokens.issue(tx, purpose, user.id, email, hours * HOUR_SECONDS));
    this.mails.queue(tx, emailChangeLetter(user, email, link('email_change'), hours));
    this.mails.queue(
      tx,
      user.emailVerifiedAt
        ? emailReleaseLetter(user, email, link('email_release'), hours)
        : emailReplacedLetter(user, email),
    );
  }

  /** Also when only upper and lower case differ, or nothing. */
  private changesAtOnce(user: User, email: string): boolean {
    return email.toLowerCase() === user.email.toLowerCase() || !this.mails.areOn;
  }

  /** @throws Problem validation_failed if the token cannot be used, name_taken if somebody else has the address by now */
  async confirm(origin: RequestOrigin, token: string): Promise<Confirmation> {
    let confirms = '';
    try {
      return await this.transactions.run(origin, async (tx) => {
        const used = await this.tokens.use(tx, token, ['email_verification', 'email_change', 'email_release']);
        confirms = used.confirms;
        const isComplete = await this.apply(tx, used);
        return { email: used.confirms, isComplete };
      });
    } catch (error) {
      throw await this.users.toNameTaken(error, { email: confirms });
    }
  }

  /**
   * Verifies the address of an account that was registered with an invitation, which only a person receives who reads
   * the mails of that address.
   * @throws Problem name_taken if another account has verified the address
   */
  async verifyInvited(tx: Transaction, { id, email }: User): Promise<void> {
    await this.users.verifyEmail(tx, id, email);
    await this.verified.run(tx, id);
  }

  /** Ends links that somebody else may have requested, after a new password. @param change ends a change of the address */
  endLinks(tx: Transaction, userId: string, { change }: { change: boolean }): void {
    this.tokens.end(tx, userId, ['password_reset']);
    if (change) this.end(tx, userId);
  }

  /** Returns whether the address is now the verified address of the account. */
  private async apply(tx: Transaction, token: LivingToken): Promise<boolean> {
    const { purpose, userId, confirms, isVerified, ...account } = token;
    if (purpose === 'email_verification') {
      // The address has changed since the mail was sent.
      if (confirms.toLowerCase() !== account.email.toLowerCase()) return false;
      this.users.setEmailVerified(tx, userId, confirms);
      this.tokens.end(tx, userId, ['email_verification']);
      if (!isVerified) await this.verified.run(tx, userId);
      return true;
    }
    if (!(await this.tokens.isConfirmed(tx, userId, confirms))) return false;
    await this.users.replaceEmail(tx, userId, confirms);
    // Links that were sent to the old address.
    this.tokens.end(tx, userId);
    this.mails.queue(tx, emailReplacedLetter(account, confirms));
    this.audit.record(tx, [{ kind: 'email_changed', actorId: userId }]);
    await this.verified.run(tx, userId);
    return true;
  }

  private end(tx: Transaction, userId: string): void {
    this.tokens.end(tx, userId, ['email_change', 'email_release']);
    this.users.setPendingEmail(tx, userId, null, null);
  }
}
