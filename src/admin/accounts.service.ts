import { Injectable } from '@nestjs/common';
import type { AuditEntry, AuditKind } from '../audit/audit-kinds.js';
import { AuditTrail } from '../audit/audit-trail.js';
import { AppPasswords } from '../auth/app-passwords.service.js';
import { type NewAccount, RegistrationService } from '../auth/registration.service.js';
import { ErasureService } from '../auth/erasure.service.js';
import type { Session } from '../auth/session.entity.js';
import { SessionsService } from '../auth/sessions.service.js';
import { CalendarFeeds } from '../calendar/calendar-feeds.service.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Transactions } from '../platform/database/transactions.js';
import type { Actor } from '../platform/http/actor.js';
import type { Page, PageRequest } from '../platform/http/page.js';
import { notFound, Problem } from '../problems/problem.js';
import { SYSTEM_USER_ID } from '../users/system-user.js';
import { type LockedAccount, requireOtherAdmin, UsersService } from '../users/users.service.js';
import { type Account, type AccountFilter, AccountsRepository } from './accounts.repository.js';

export type { Account, AccountFilter } from './accounts.repository.js';

/** Who administers: an administrator, or the server's own account for the command line. */
export type Administrator = Pick<Actor, 'userId' | 'origin'>;

interface Act {
  tx: Transaction;
  account: LockedAccount;
  /** Records the act in the audit trail. */
  record: (kind: AuditKind, details?: AuditEntry['details']) => void;
  entry: (kind: AuditKind) => AuditEntry;
}

/** What administrators do with accounts. Every act is recorded in the audit trail, in its own transaction. */
@Injectable()
export class AccountsService {
  constructor(
    private readonly accounts: AccountsRepository,
    private readonly users: UsersService,
    private readonly registrations: RegistrationService,
    private readonly erasures: ErasureService,
    private readonly sessions: SessionsService,
    private readonly appPasswords: AppPasswords,
    private readonly feeds: CalendarFeeds,
    private readonly audit: AuditTrail,
    private readonly transactions: Transactions,
  ) {}

  list(filter: AccountFilter, page: PageRequest): Promise<Page<Account>> {
    return this.accounts.list(filter, page);
  }

  /** @throws Problem not_found */
  async find(userId: string): Promise<Account & { events: number; trash: number; devices: Session[] }> {
    const account = await this.require({ id: userId });
    const devices = await this.sessions.listLive(userId);
    return { ...account, ...(await this.accounts.countEvents(userId)), devices };
  }

  /** Finds an account by its name or e-mail address. @throws Problem not_found */
  findByLogin(login: string): Promise<Account> {
    return this.require({ login });
  }

  /**
   * Disables an account: its sessions, connections, app passwords and feeds end at once, on every server, nothing that it
   * was writing is committed after this act, and nobody can sign in to it. Does nothing when it is disabled.
   * @throws Problem not_found, last_admin, admin_required
   */
  async disable(by: Administrator, userId: string): Promise<Account> {
    const ended = await this.act(
      by,
      userId,
      async (act) => {
        if (act.account.disabledAt) return [];
        this.users.setDisabled(act.tx, userId, new Date());
        await this.feeds.endAll(act.tx, userId);
        const { sessions, appPasswords } = await this.endAccess(act, userId, 'user_disabled');
        if (sessions.length + appPasswords === 0) act.record('user_disabled');
        return sessions;
      },
      { endsAdmin: true },
    );
    await this.sessions.forget(ended);
    return this.require({ id: userId });
  }

  /** Lets the person sign in again. @throws Problem not_found, admin_required */
  async enable(by: Administrator, userId: string): Promise<Account> {
    await this.act(by, userId, ({ tx, account, record }) => {
      if (!account.disabledAt) return;
      this.users.setDisabled(tx, userId, null);
      record('user_enabled');
    });
    return this.require({ id: userId });
  }

  /**
   * Ends every session and app password of a person. Feeds stay: their links sign nobody in, and others may have them.
   * Returns how many there were. @throws Problem not_found, admin_required
   */
  async signOut(by: Administrator, userId: string): Promise<{ sessions: number; appPasswords: number }> {
    const { sessions, appPasswords } = await this.act(by, userId, (act) =>
      this.endAccess(act, userId, 'user_signed_out'),
    );
    await this.sessions.forget(sessions);
    return { sessions: sessions.length, appPasswords };
  }

  /** Ends one session of a person. Returns how many ended: none or one. @throws Problem not_found, admin_required */
  async endSession(by: Administrator, userId: string, sessionId: string): Promise<number> {
    const ended = await this.act(by, userId, ({ tx, entry }) =>
      this.sessions.endIn(
        tx,
        userId,
        { only: sessionId },
        { ...entry('user_signed_out'), details: { session: sessionId } },
      ),
    );
    await this.sessions.forget(ended);
    return ended.length;
  }

  /** Makes a person an administrator. @throws Problem not_found, admin_required */
  promote(by: Administrator, userId: string): Promise<Account> {
    return this.setRole(by, userId, 'admin');
  }

  /** @throws Problem not_found, last_admin, admin_required */
  demote(by: Administrator, userId: string): Promise<Account> {
    return this.setRole(by, userId, 'user');
  }

  /**
   * Creates an account, also on a server that accepts no registrations. The person signs in with the password, or
   * receives a link to set one.
   * @throws Problem validation_failed, name_taken, admin_required
   */
  async create(by: Administrator, account: NewAccount, role: 'user' | 'admin'): Promise<Account> {
    const { id } = await this.registrations.createAccount(by.origin, account, role, async (tx, created) => {
      await this.users.requireAdmin(tx, by.userId);
      this.audit.record(tx, [{ kind: 'user_created', actorId: by.userId, subjectId: created.id }]);
    });
    return this.require({ id });
  }

  /** Erases an account as its owner could. @throws Problem not_found, last_admin, admin_required */
  async erase(by: Administrator, userId: string): Promise<void> {
    const ended = await this.act(by, userId, ({ tx, entry }) =>
      this.erasures.eraseIn(tx, userId, entry('user_erased')),
    );
    await this.erasures.complete(by.origin, userId, ended);
  }

  private async setRole(by: Administrator, userId: string, role: 'user' | 'admin'): Promise<Account> {
    await this.act(
      by,
      userId,
      async ({ tx, account, record }) => {
        if (account.role === role) return;
        this.users.setRole(tx, userId, role);
        record(role === 'admin' ? 'user_promoted' : 'user_demoted');
      },
      { endsAdmin: role === 'user' },
    );
    await this.sessions.forgetProfilesOf(userId);
    return this.require({ id: userId });
  }

  /** Ends the sessions and app passwords of a locked account, with an entry of this kind if there are any. */
  private async endAccess(
    { tx, entry, record }: Act,
    userId: string,
    kind: 'user_disabled' | 'user_signed_out',
  ): Promise<{ sessions: string[]; appPasswords: number }> {
    const appPasswords = await this.appPasswords.count(tx, userId);
    this.appPasswords.endAll(tx, userId);
    const details = { app_passwords: appPasswords };
    const sessions = await this.sessions.endIn(tx, userId, {}, { ...entry(kind), details });
    if (sessions.length === 0 && appPasswords > 0) record(kind, { sessions: 0, ...details });
    return { sessions, appPasswords };
  }

  /**
   * Runs an act on a locked account.
   * @param endsAdmin whether the person is no administrator afterwards
   * @throws Problem admin_required when the actor is none any more; not_found; last_admin
   */
  private act<T>(
    by: Administrator,
    userId: string,
    work: (act: Act) => T | Promise<T>,
    { endsAdmin = false } = {},
  ): Promise<T> {
    return this.transactions.run(by.origin, async (tx) => {
      const { account, admins } = await this.users.lockWithAdmins(tx, userId);
      if (by.userId !== SYSTEM_USER_ID && !admins.includes(by.userId)) throw new Problem('admin_required');
      if (!account) throw notFound();
      if (endsAdmin) requireOtherAdmin(userId, admins);
      const entry = (kind: AuditKind): AuditEntry => ({ kind, actorId: by.userId, subjectId: userId });
      const record: Act['record'] = (kind, details) => this.audit.record(tx, [{ ...entry(kind), details }]);
      return work({ tx, account, entry, record });
    });
  }

  private async require(name: { id?: string; login?: string }): Promise<Account> {
    const account = await this.accounts.find(name);
    if (!account) throw notFound();
    return account;
  }
}
