import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../audit/audit-trail.js';
import { Mails } from '../mail/mails.js';
import { Config } from '../platform/config/config.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Transactions } from '../platform/database/transactions.js';
import type { Actor } from '../platform/http/actor.js';
import { Limits } from '../platform/limits/limits.service.js';
import { type FieldError, invalid, notFound, Problem } from '../problems/problem.js';
import { isTimeZone, canonicalTimeZone } from '../time/time-zone.js';
import { NO_PASSWORD } from '../users/no-password.js';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { AccessTokens } from './access-tokens.js';
import { AccountTokens } from './account-tokens.js';
import { newDeviceLetter, passwordChangedLetter } from './account-mails.js';
import type { Device } from './device.js';
import { EmailAddressesService } from './email-addresses.service.js';
import { judgePassword } from './judge-password.js';
import { PasswordAttempts } from './password-attempts.js';
import { Passwords } from './passwords.js';
import { RefreshTokens } from './refresh-tokens.js';
import { isReservedName } from './reserved-names.js';
import type { Session } from './session.entity.js';
import { SessionsService } from './sessions.service.js';

/** A pair of tokens and their user. */
export interface SignedInUser {
  accessToken: string;
  refreshToken: string;
  expiresIn: number;
  user: User;
}

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

export interface ProfileChanges {
  timeZone?: string;
  email?: string;
  password?: string;
  currentPassword?: string;
}

@Injectable()
export class AuthService {
  constructor(
    private readonly users: UsersService,
    private readonly passwords: Passwords,
    private readonly accessTokens: AccessTokens,
    private readonly refreshTokens: RefreshTokens,
    private readonly sessions: SessionsService,
    private readonly tokens: AccountTokens,
    private readonly emails: EmailAddressesService,
    private readonly mails: Mails,
    private readonly transactions: Transactions,
    private readonly attempts: PasswordAttempts,
    private readonly limits: Limits,
    private readonly audit: AuditTrail,
    private readonly config: Config,
  ) {}

  /**
   * @throws Problem registration_closed, invitation_required, name_taken, unavailable, validation_failed (reserved name,
   *   weak password, unknown zone, invitation that has ended or is for another address)
   */
  async register(account: Registration, device: Device): Promise<SignedInUser> {
    if (await this.isFirstAdmin(account.username)) {
      try {
        return await this.registerAs('admin', account, device);
      } catch (error) {
        if (!(error instanceof NotTheFirst)) throw error;
      }
    }
    return this.registerAs('user', account, device);
  }

  private async registerAs(role: User['role'], account: Registration, device: Device): Promise<SignedInUser> {
    this.refuseUninvited(account, role);
    const { invitation } = account;
    if (invitation !== undefined) await this.requireInvited(invitation, account.email);
    let session: Session;
    const user = await this.createAccount(account, role, async (tx, created) => {
      if (role === 'admin' && (await this.users.hasOtherAdmin(tx, created.id))) throw new NotTheFirst();
      session = this.sessions.start(tx, created.id, device, 'registered');
      if (invitation === undefined) return;
      created.emailVerifiedAt = new Date();
      await this.emails.verifyInvited(tx, created);
    });
    return this.signedIn(user, session!.id, 0);
  }

  /**
   * Creates an account without signing in. An administrator may have a name that looks official. Without a password,
   * nobody can sign in until the person has set one with the link that is sent to them.
   * @param also writes what belongs to the account in the same transaction
   * @throws Problem validation_failed, name_taken, unavailable
   */
  async createAccount(
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
    return this.users.create(user, async (tx, created) => {
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

  private async requireInvited(invitation: string, email: string): Promise<void> {
    const invited = await this.tokens.findInvited(invitation, '/invitation');
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

  /**
   * Signs in by user name or e-mail address.
   * @throws Problem wrong_credentials; a wrong name and a wrong password have the same response and the same cost
   * @throws Problem rate_limited, and unavailable when too many people sign in
   */
  async login(name: string, password: string, device: Device): Promise<SignedInUser> {
    const candidates = await this.users.listByLogin(name);
    let user: User | null = null;
    const check = async (): Promise<boolean> => {
      const matches = await Promise.all(
        candidates.map((candidate) => this.passwords.matches(password, candidate?.passwordHash ?? null)),
      );
      user = candidates.find((candidate, index) => candidate && matches[index]) ?? null;
      return user !== null;
    };
    // The account that holds an address comes first: whoever else names the address gains nothing by it.
    const account = candidates.find((candidate) => candidate !== null) ?? null;
    if (!(await this.attempts.signIn(account, name, device.address, check)) || !user) {
      // Never the name: people type their password there.
      this.audit.collect({ kind: 'sign_in_failed', outcome: 'refused', actorId: null, subjectId: account?.id ?? null });
      throw new Problem('wrong_credentials');
    }
    const { id, disabledAt } = user as User;
    // Only somebody who knows the password learns it.
    if (disabledAt) {
      this.audit.collect({ kind: 'sign_in_failed', outcome: 'refused', actorId: id });
      throw new Problem('account_disabled');
    }
    return this.signIn(user, device);
  }

  /** @throws Problem refresh_token_invalid, rate_limited */
  async refresh(token: string): Promise<SignedInUser> {
    const name = this.refreshTokens.read(token);
    if (!name) throw new Problem('refresh_token_invalid');
    await this.limits.spend('refresh_session', name.sessionId);
    const { userId, count } = await this.sessions.redeem(name.sessionId, name.count);
    const user = await this.users.find(userId);
    if (!user) throw new Problem('refresh_token_invalid');
    return this.signedIn(user, name.sessionId, count);
  }

  /**
   * Ends the session of the actor and that of a refresh token, which a client still has when its access token has
   * expired. A session that has ended already is no error.
   * @param everywhere ends all sessions of their users
   * @throws Problem unauthenticated with neither, refresh_token_invalid
   */
  async logout(actor: Actor | undefined, refreshToken: string | undefined, everywhere: boolean): Promise<void> {
    const signedOut = refreshToken === undefined ? null : await this.findSession(refreshToken);
    if (!actor && refreshToken === undefined) throw new Problem('unauthenticated');
    for (const session of [actor, signedOut]) {
      if (!session) continue;
      const { userId, sessionId } = session;
      const which = everywhere ? {} : { only: sessionId };
      await this.sessions.end(userId, which, { kind: 'signed_out', actorId: userId, sessionId });
    }
  }

  async me(actor: Actor): Promise<User> {
    const user = await this.users.find(actor.userId);
    if (!user) throw new Problem('unauthenticated');
    return user;
  }

  /**
   * Changes the account. A new password or e-mail address needs the current password; a new password ends all other
   * sessions.
   * @throws Problem validation_failed, name_taken, rate_limited
   */
  async updateMe(actor: Actor, changes: ProfileChanges): Promise<User> {
    const user = await this.me(actor);
    if (changes.password !== undefined || changes.email !== undefined) {
      await this.requirePassword(user, actor, changes.currentPassword);
    }
    const { timeZone, email, password } = changes;
    const names = { username: user.username, email: email ?? user.email };
    const errors = [
      ...(password === undefined ? [] : await findWeakPassword(password, names)),
      ...(timeZone === undefined ? [] : findUnknownTimeZone(timeZone)),
    ];
    if (errors.length > 0) throw invalid(...errors);
    const passwordHash = password === undefined ? undefined : await this.passwords.hash(password);
    // First, because it may be refused.
    if (email !== undefined) await this.emails.change(user, email);
    await this.transactions.run(async (tx) => {
      const zone = timeZone === undefined ? undefined : canonicalTimeZone(timeZone);
      if (zone ?? passwordHash) this.users.update(tx, user.id, { timeZone: zone, passwordHash });
      if (passwordHash === undefined) return;
      this.emails.endLinks(tx, user.id, { change: email === undefined });
      this.mails.queue(tx, passwordChangedLetter(user));
      this.audit.record(tx, [{ kind: 'password_changed', actorId: user.id }]);
    });
    if (passwordHash !== undefined) {
      await this.sessions.end(user.id, { except: actor.sessionId }, { kind: 'session_ended', actorId: user.id });
    }
    await this.sessions.forgetProfile(actor.sessionId);
    return this.me(actor);
  }

  listSessions(actor: Actor): Promise<Session[]> {
    return this.sessions.listLive(actor.userId);
  }

  /** @throws Problem not_found if the caller has no such session or it has ended */
  async endSession(actor: Actor, sessionId: string): Promise<void> {
    const entry = { kind: 'session_ended', actorId: actor.userId, details: { session: sessionId } } as const;
    const ended = await this.sessions.end(actor.userId, { only: sessionId }, entry);
    if (ended === 0) throw notFound();
  }

  /** Returns the session of a refresh token, however old; null when it has ended. @throws Problem refresh_token_invalid */
  private async findSession(refreshToken: string): Promise<{ userId: string; sessionId: string } | null> {
    const name = this.refreshTokens.read(refreshToken);
    if (!name) throw new Problem('refresh_token_invalid');
    const userId = await this.sessions.findUser(name.sessionId);
    return userId === null ? null : { userId, sessionId: name.sessionId };
  }

  private async signIn(user: User, device: Device): Promise<SignedInUser> {
    const session = await this.transactions.run(async (tx) => {
      const locked = await this.sessions.lockAccount(tx, user, device);
      if (!locked) throw new Problem('wrong_credentials');
      if (locked.isNewDevice) this.mails.queue(tx, newDeviceLetter(user, device, new Date()));
      return this.sessions.start(tx, user.id, device, 'signed_in');
    });
    return this.signedIn(user, session.id, session.refreshCount);
  }

  private signedIn(user: User, sessionId: string, count: number): SignedInUser {
    return {
      accessToken: this.accessTokens.issue(user.id, sessionId),
      refreshToken: this.refreshTokens.issue({ sessionId, count }),
      expiresIn: this.accessTokens.lifetimeSeconds,
      user,
    };
  }

  private async requirePassword(user: User, actor: Actor, password: string | undefined): Promise<void> {
    const pointer = '/current_password';
    if (password === undefined) {
      throw invalid({ pointer, code: 'required', message: 'Send your current password to make this change.' });
    }
    const check = (): Promise<boolean> => this.passwords.matches(password, user.passwordHash);
    if (!(await this.attempts.confirm(actor.sessionId, check))) {
      throw invalid({ pointer, code: 'wrong_password', message: 'This is not the current password.' });
    }
  }
}

function findReservedName(username: string): FieldError[] {
  if (!isReservedName(username)) return [];
  const message = 'This name is reserved, or looks like one that is. Choose another one.';
  return [{ pointer: '/username', code: 'reserved', message }];
}

/** Returns what is wrong with a new password. */
export async function findWeakPassword(
  password: string,
  { username, email }: { username: string; email: string },
): Promise<FieldError[]> {
  const message = await judgePassword(password, [username, email]);
  return message === null ? [] : [{ pointer: '/password', code: 'too_common', message }];
}

function findUnknownTimeZone(name: string): FieldError[] {
  if (isTimeZone(name)) return [];
  const message = 'Must be an IANA time zone such as Europe/Paris.';
  return [{ pointer: '/time_zone', code: 'unknown_time_zone', message }];
}
