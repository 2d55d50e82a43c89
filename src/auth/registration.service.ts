import { Injectable } from '@nestjs/common';
import { Config } from '../platform/config/config.js';
import type { Transaction } from '../platform/database/transaction.js';
import type { RequestOrigin } from '../platform/tracing/request-origin.js';
import { type FieldError, invalid, Problem } from '../problems/problem.js';
import { canonicalTimeZone } from '../time/time-zone.js';
import { NO_PASSWORD } from '../users/no-password.js';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { AccountTokens } from './account-tokens.js';
import { EmailAddressesService } from './email-addresses.service.js';
import { findReservedName, findUnknownTimeZone, findWeakPassword } from './judge-account.js';
import { Passwords } from './passwords.js';
import type { Session } from './session.entity.js';
import { SessionsService } from './sessions.service.js';
import { type SignedInUser, TokenPairs } from './token-pairs.js';

export interface Registration {
  username: string;
  email: string;
  password: string;
  timeZone?: string;
  /** The token of an invitation, which proves that the address is the person's. */
  invitation?: string;
}

/** An account that somebody else creates. Without a password the person receives a link to set one. */
export type NewAccount = Omit<Registration, 'password' | 'invitation'> & { password?: string };

/** Another account became the first administrator at the same moment. */
class NotTheFirst extends Error {}

/** Creates accounts: of people who sign up, and of those whom an administrator adds. */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly users: UsersService,
    private readonly passwords: Passwords,
    private readonly sessions: SessionsService,
    private readonly tokens: AccountTokens,
    private readonly pairs: TokenPairs,
    private readonly emails: EmailAddressesService,
    private readonly config: Config,
  ) {}

  /**
   * @throws Problem registration_closed, invitation_required, name_taken, unavailable, validation_failed (reserved name,
   *   weak password, unknown zone, invitation that has ended or is for another address)
   */
  async register(origin: RequestOrigin, account: Registration): Promise<SignedInUser> {
    if (await this.isFirstAdmin(account.username)) {
      try {
        return await this.registerAs(origin, 'admin', account);
      } catch (error) {
        if (!(error instanceof NotTheFirst)) throw error;
      }
    }
    return this.registerAs(origin, 'user', account);
  }

  private async registerAs(origin: RequestOrigin, role: User['role'], account: Registration): Promise<SignedInUser> {
    this.refuseUninvited(account, role);
    const { invitation } = account;
    if (invitation !== undefined) await this.requireInvited(invitation, account.email);
    let session: Session;
    const user = await this.createAccount(origin, account, role, async (tx, created) => {
      if (role === 'admin' && (await this.users.hasOtherAdmin(tx, created.id))) throw new NotTheFirst();
      session = this.sessions.start(tx, created.id, 'registered');
      if (invitation === undefined) return;
      // It may have been revoked since: making the hash of a password takes long.
      await this.requireInvited(invitation, account.email, tx);
      created.emailVerifiedAt = new Date();
      await this.emails.verifyInvited(tx, created);
    });
    return this.pairs.issue(user, session!.id, 0);
  }

  /**
   * Creates an account without signing in. An administrator may have a name that looks official. Without a password,
   * nobody can sign in until the person has set one with the link that is sent to them.
   * @param also writes what belongs to the account in the same transaction
   * @throws Problem validation_failed, name_taken, unavailable
   */
  async createAccount(
    origin: RequestOrigin,
    account: NewAccount,
    role: User['role'],
    also: (tx: Transaction, created: User) => Promise<void>,
  ): Promise<User> {
    const { timeZone = 'UTC', username, email, password } = account;
    const errors = [
      ...(role === 'admin' ? [] : findReservedName(username)),
      ...(password === undefined ? this.findMissingMail() : await findWeakPassword(password, account)),
      ...findUnknownTimeZone(timeZone),
    ];
    if (errors.length > 0) throw invalid(...errors);
    const passwordHash = password === undefined ? NO_PASSWORD : await this.passwords.hash(password);
    const user = { username, email, role, timeZone: canonicalTimeZone(timeZone), passwordHash };
    return this.users.create(origin, user, async (tx, created) => {
      await also(tx, created);
      if (password === undefined) this.emails.requestFirstPassword(tx, created);
      else if (!created.emailVerifiedAt) this.emails.requestVerification(tx, created);
    });
  }

  private findMissingMail(): FieldError[] {
    if (this.emails.areOn) return [];
    const message = 'This server sends no mails, so that nobody could set a password: send one.';
    return [{ pointer: '/password', code: 'required', message }];
  }

  private refuseUninvited({ invitation }: Registration, role: User['role']): void {
    const { registration } = this.config.values;
    if (role === 'admin' || registration === 'open') return;
    if (registration === 'closed') throw new Problem('registration_closed');
    if (invitation === undefined) throw new Problem('invitation_required');
  }

  private async requireInvited(invitation: string, email: string, tx?: Transaction): Promise<void> {
    const invited = await this.tokens.findInvited(invitation, '/invitation', tx);
    if (invited.toLowerCase() === email.toLowerCase()) return;
    const message = 'The invitation is for another address. Register with the one that received it.';
    throw invalid({ pointer: '/email', code: 'not_invited', message });
  }

  /** Returns true for the name of the setting, while there is no administrator. */
  private async isFirstAdmin(username: string): Promise<boolean> {
    const { adminUsername } = this.config.values;
    if (adminUsername === '' || adminUsername.toLowerCase() !== username.toLowerCase()) return false;
    return !(await this.users.hasAdmin());
  }
}
