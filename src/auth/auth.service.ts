import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../audit/audit-trail.js';
import { Mails } from '../mail/mails.js';
import { Transactions } from '../platform/database/transactions.js';
import type { Actor } from '../platform/http/actor.js';
import { Limits } from '../platform/limits/limits.service.js';
import type { RequestOrigin } from '../platform/tracing/request-origin.js';
import { invalid, notFound, Problem } from '../problems/problem.js';
import { canonicalTimeZone } from '../time/time-zone.js';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { newDeviceLetter, passwordChangedLetter } from './account-mails.js';
import { AppPasswords } from './app-passwords.service.js';
import { lockChecked, wrongPassword } from './checked-password.js';
import { EmailAddressesService } from './email-addresses.service.js';
import { findUnknownTimeZone, findWeakPassword } from './judge-account.js';
import { PasswordAttempts } from './password-attempts.js';
import { Passwords } from './passwords.js';
import { RefreshTokens } from './refresh-tokens.js';
import type { Session } from './session.entity.js';
import { SessionsService } from './sessions.service.js';
import { type SignedInUser, TokenPairs } from './token-pairs.js';
import { unauthenticated } from './unauthenticated.js';

export interface ProfileChanges {
  timeZone?: string;
  email?: string;
  password?: string;
  currentPassword?: string;
}

/** Signing in, renewing tokens, signing out, and one's own account. */
@Injectable()
export class AuthService {
  constructor(
    private readonly users: UsersService,
    private readonly passwords: Passwords,
    private readonly refreshTokens: RefreshTokens,
    private readonly pairs: TokenPairs,
    private readonly sessions: SessionsService,
    private readonly emails: EmailAddressesService,
    private readonly appPasswords: AppPasswords,
    private readonly mails: Mails,
    private readonly transactions: Transactions,
    private readonly attempts: PasswordAttempts,
    private readonly limits: Limits,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * Signs in by user name or e-mail address.
   * @throws Problem wrong_credentials; a wrong name and a wrong password have the same response and the same cost
   * @throws Problem rate_limited, and unavailable when too many people sign in
   */
  async login(origin: RequestOrigin, name: string, password: string): Promise<SignedInUser> {
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
    if (!(await this.attempts.signIn(account, name, origin.address, check)) || !user) {
      // Never the name: people type their password there.
      const subjectId = account?.id ?? null;
      this.audit.collect(origin, { kind: 'sign_in_failed', outcome: 'refused', actorId: null, subjectId });
      throw new Problem('wrong_credentials');
    }
    const { id, disabledAt } = user as User;
    // Only somebody who knows the password learns it.
    if (disabledAt) {
      this.audit.collect(origin, { kind: 'sign_in_failed', outcome: 'refused', actorId: id });
      throw new Problem('account_disabled');
    }
    return this.signIn(origin, user);
  }

  /** @throws Problem refresh_token_invalid, rate_limited */
  async refresh(origin: RequestOrigin, token: string): Promise<SignedInUser> {
    const name = this.refreshTokens.read(token);
    if (!name) throw new Problem('refresh_token_invalid');
    await this.limits.spend('refresh_session', name.sessionId);
    const { userId, count } = await this.sessions.redeem(origin, name.sessionId, name.count);
    const user = await this.users.find(userId);
    if (!user) throw new Problem('refresh_token_invalid');
    return this.pairs.issue(user, name.sessionId, count);
  }

  /**
   * Ends the session of the actor and that of a refresh token, which a client still has when its access token has
   * expired. A session that has ended already is no error.
   * @param everywhere ends all sessions of their users
   * @throws Problem unauthenticated with neither, refresh_token_invalid
   */
  async logout(
    origin: RequestOrigin,
    actor: Actor | undefined,
    refreshToken: string | undefined,
    everywhere: boolean,
  ): Promise<void> {
    const signedOut = refreshToken === undefined ? null : await this.findSession(refreshToken);
    if (!actor && refreshToken === undefined) {
      const detail = 'Send a valid access token, or the refresh token as `refresh_token`.';
      throw new Problem('unauthenticated', { detail });
    }
    for (const session of [actor, signedOut]) {
      if (!session) continue;
      const { userId, sessionId } = session;
      const which = everywhere ? {} : { only: sessionId };
      await this.sessions.end(origin, userId, which, { kind: 'signed_out', actorId: userId, sessionId });
    }
  }

  async me(actor: Actor): Promise<User> {
    const user = await this.users.find(actor.userId);
    if (!user) throw unauthenticated('ended');
    return user;
  }

  /**
   * Changes the account. A new password or e-mail address needs the current password; a new password ends all other
   * sessions and all app passwords.
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
    if (email !== undefined) await this.emails.requireFree(user, email);
    const zone = timeZone === undefined ? undefined : canonicalTimeZone(timeZone);
    const ended = await this.transactions.run(actor.origin, async (tx) => {
      // First, because writers of events lock people's availability before accounts.
      if (zone !== undefined) await this.users.changeTimeZone(tx, user.id, zone);
      if (passwordHash !== undefined || email !== undefined) await lockChecked(this.users, tx, user);
      if (email !== undefined) this.emails.change(tx, user, email);
      if (passwordHash === undefined) return [];
      this.users.update(tx, user.id, { passwordHash });
      this.emails.endLinks(tx, user.id, { change: email === undefined });
      this.appPasswords.endAll(tx, user.id);
      this.mails.queue(tx, passwordChangedLetter(user));
      this.audit.record(tx, [{ kind: 'password_changed', actorId: user.id }]);
      // With the app passwords, or another session could make one after these have ended.
      const others = { except: actor.sessionId };
      return this.sessions.endIn(tx, user.id, others, { kind: 'session_ended', actorId: user.id });
    });
    await this.sessions.forget(ended);
    await this.sessions.forgetProfile(actor.sessionId);
    return this.me(actor);
  }

  listSessions(actor: Actor): Promise<Session[]> {
    return this.sessions.listLive(actor.userId);
  }

  /** @throws Problem not_found if the caller has no such session or it has ended */
  async endSession(actor: Actor, sessionId: string): Promise<void> {
    const entry = { kind: 'session_ended', actorId: actor.userId, details: { session: sessionId } } as const;
    const ended = await this.sessions.end(actor.origin, actor.userId, { only: sessionId }, entry);
    if (ended === 0) throw notFound();
  }

  /** Returns the session of a refresh token, however old; null when it has ended. @throws Problem refresh_token_invalid */
  private async findSession(refreshToken: string): Promise<{ userId: string; sessionId: string } | null> {
    const name = this.refreshTokens.read(refreshToken);
    if (!name) throw new Problem('refresh_token_invalid');
    const userId = await this.sessions.findUser(name.sessionId);
    return userId === null ? null : { userId, sessionId: name.sessionId };
  }

  private async signIn(origin: RequestOrigin, user: User): Promise<SignedInUser> {
    const session = await this.transactions.run(origin, async (tx) => {
      const locked = await this.sessions.lockAccount(tx, user, origin);
      if (!locked) throw new Problem('wrong_credentials');
      if (locked.isNewDevice) this.mails.queue(tx, newDeviceLetter(user, origin, new Date()));
      return this.sessions.start(tx, user.id, 'signed_in');
    });
    return this.pairs.issue(user, session.id, session.refreshCount);
  }

  private async requirePassword(user: User, actor: Actor, password: string | undefined): Promise<void> {
    const pointer = '/current_password';
    if (password === undefined) {
      throw invalid({ pointer, code: 'required', message: 'Send your current password to make this change.' });
    }
    const check = (): Promise<boolean> => this.passwords.matches(password, user.passwordHash);
    if (!(await this.attempts.confirm(actor.sessionId, check))) {
      throw wrongPassword(pointer);
    }
  }
}
