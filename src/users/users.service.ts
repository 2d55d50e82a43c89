import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { newId } from '../platform/database/new-id.js';
import type { Transaction } from '../platform/database/transaction.js';
import { Transactions } from '../platform/database/transactions.js';
import { Config } from '../platform/config/config.js';
import { Hook } from '../platform/hooks/hook.js';
import { normalizeEmail } from '../platform/http/email-address.js';
import type { RequestOrigin } from '../platform/tracing/request-origin.js';
import { Problem } from '../problems/problem.js';
import { ERASED_NAME } from './erased-user.js';
import { NO_PASSWORD } from './no-password.js';
import { SYSTEM_USER_ID } from './system-user.js';
import type { User } from './user.entity.js';
import { type AccountChanges, type LockedAccount, UsersRepository } from './users.repository.js';

export type { LockedAccount } from './users.repository.js';

/** Registrations of one address at the same moment: the one that came first holds it, and the others see that. */
const MAX_ATTEMPTS = 3;

/** @throws Problem last_admin if nobody would administer without this person */
export function requireOtherAdmin(userId: string, admins: readonly string[]): void {
  if (admins.length === 1 && admins[0] === userId) throw new Problem('last_admin');
}

export interface NewUser {
  role?: User['role'];
  username: string;
  email: string;
  passwordHash: string;
  timeZone: string;
}

/** Identifies another person by exactly one of these. */
export interface PersonName {
  userId?: string;
  username?: string;
  email?: string;
}

@Injectable()
export class UsersService {
  /** A person is about to have another time zone, or the same again, in this transaction. */
  readonly zoneChanging = new Hook<[tx: Transaction, userId: string, zone: string]>('UsersService.zoneChanging');

  constructor(
    private readonly users: UsersRepository,
    private readonly config: Config,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Returns the time zone of an account.
   * @param expected what it probably is: then PostgreSQL checks it with what is written, if the transaction may assume it
   */
  timeZone(tx: Transaction, id: string, expected: string | null): Promise<string> {
    return this.users.timeZone(tx, id, expected);
  }

  /** @param zone a canonical IANA name */
  async changeTimeZone(tx: Transaction, id: string, zone: string): Promise<void> {
    await this.zoneChanging.run(tx, id, zone);
    this.users.update(tx, id, { timeZone: zone });
  }

  /**
   * @param also writes what belongs to the account in the same transaction
   * @throws Problem name_taken
   */
  async create(
    origin: RequestOrigin,
    user: NewUser,
    also: (tx: Transaction, user: User) => void | Promise<void>,
  ): Promise<User> {
    const unset = {
      disabledAt: null,
      emailVerifiedAt: null,
      pendingEmail: null,
      pendingEmailUntil: null,
      erasedAt: null,
    };
    const account = { role: 'user' as const, ...user, ...unset, id: newId(), createdAt: new Date() };
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.transactions.run(origin, async (tx) => {
          const created = await this.users.insert(tx, account);
          await also(tx, created);
          return created;
        });
      } catch (error) {
        if (!this.users.isOnlyLate(error) || attempt === MAX_ATTEMPTS)
          throw await this.users.toNameTaken(error, account);
      }
    }
  }

  /** Locks an account until the transaction ends. Returns the hash of its password; null when it is erased or disabled. */
  lockPassword(tx: Transaction, id: string): Promise<string | null> {
    return this.users.lockPassword(tx, id);
  }

  /** Changes an account, unless it is erased. The call that sends the statement throws Problem name_taken. */
  update(tx: Transaction, id: string, changes: AccountChanges): void {
    this.users.update(tx, id, changes);
  }

  /** Sets a new password with a link that was sent to `email`, which this verifies if it is still the address. */
  resetPassword(tx: Transaction, id: string, passwordHash: string, email: string): void {
    this.users.resetPassword(tx, id, passwordHash, email);
  }

  /** Stores that a person receives mails at the address of the account, which then holds it before unverified ones. */
  setEmailVerified(tx: Transaction, id: string, email: string): void {
    this.users.setEmailVerified(tx, id, email);
  }

  /** Like `setEmailVerified`. @throws Problem name_taken if another account has verified the address */
  verifyEmail(tx: Transaction, id: string, email: string): Promise<void> {
    return this.users.verifyEmail(tx, id, email);
  }

  /** Stores the address that is to replace that of the account until then. @param email null ends the change */
  setPendingEmail(tx: Transaction, id: string, email: string | null, until: Date | null): void {
    this.users.setPendingEmail(tx, id, email, until);
  }

  /** Replaces the address by one that is confirmed. @throws the error of PostgreSQL; see `toNameTaken` */
  replaceEmail(tx: Transaction, id: string, email: string): Promise<void> {
    return this.users.replaceEmail(tx, id, email);
  }

  /** @throws Problem name_taken if somebody has the address, and everybody may learn that */
  requireFreeEmail(email: string): Promise<void> {
    return this.users.requireFreeEmail(email);
  }

  /** Returns a name_taken problem for an error because an address is taken, or else the error itself. */
  toNameTaken(error: unknown, wanted: { email: string }): Promise<unknown> {
    return this.users.toNameTaken(error, wanted);
  }

  /** Erases everything but the id and the creation date. The name and the e-mail address become available again. */
  erase(tx: Transaction, id: string): void {
    this.users.erase(tx, id, {
      username: ERASED_NAME,
      email: `${randomUUID()}@deleted.invalid`,
      passwordHash: NO_PASSWORD,
      timeZone: 'UTC',
      erasedAt: new Date(),
    });
  }

  /**
   * Locks an account and all administrators until the transaction ends.
   * @returns the account, null if it is erased, and the ids of the administrators who can sign in
   */
  async lockWithAdmins(tx: Transaction, id: string): Promise<{ account: LockedAccount | null; admins: string[] }> {
    const locked = await this.users.lockWithAdmins(tx, id);
    const admins = locked.filter(({ role, disabledAt }) => role === 'admin' && !disabledAt);
    return { account: locked.find((account) => account.id === id) ?? null, admins: admins.map((admin) => admin.id) };
  }

  /**
   * Makes sure that the actor administers until the transaction ends. The account of the server itself always does.
   * @throws Problem admin_required
   */
  async requireAdmin(tx: Transaction, userId: string): Promise<void> {
    if (userId === SYSTEM_USER_ID || (await this.users.lockAdmin(tx, userId))) return;
    throw new Problem('admin_required');
  }

  /** Returns whether another account is an administrator, and keeps that so for those who ask at the same moment. */
  hasOtherAdmin(tx: Transaction, id: string): Promise<boolean> {
    return this.users.hasOtherAdmin(tx, id);
  }

  /** @param at null enables the account */
  setDisabled(tx: Transaction, id: string, at: Date | null): void {
    this.users.setDisabled(tx, id, at);
  }

  setRole(tx: Transaction, id: string, role: User['role']): void {
    this.users.setRole(tx, id, role);
  }

  hasAdmin(): Promise<boolean> {
    return this.users.hasAdmin();
  }

  find(id: string): Promise<User | null> {
    return this.users.findById(id);
  }

  /**
   * Returns whom the name of a sign-in may mean: the user with that name or, if it contains an @, the account that holds the
   * address and the newest of the others that name it. Always returns one entry for a name and two for an address, null
   * where there is nobody.
   */
  async listByLogin(name: string): Promise<(User | null)[]> {
    if (!name.includes('@')) return [await this.users.findByUsername(name)];
    const users = await this.users.listByEmail(normalizeEmail(name));
    return [true, false].map((holdsEmail) => users.find((user) => user.holdsEmail === holdsEmail) ?? null);
  }

  /** Finds a person for somebody else. An address finds nobody, without a look-up, unless the setting allows it. */
  async lookUp({ username, email = '' }: Omit<PersonName, 'userId'>): Promise<User | null> {
    if (username !== undefined) return this.users.findByUsername(username);
    return this.config.values.userLookup === 'email' ? this.users.findByEmail(normalizeEmail(email)) : null;
  }

  /** Returns the users with these names, in the same order, with null for each name that nobody has. */
  async findAll(tx: Transaction, names: PersonName[]): Promise<(User | null)[]> {
    const present = (values: (string | undefined)[]): string[] => values.filter((value) => value !== undefined);
    const found = await this.users.listByNames(tx, {
      ids: present(names.map((name) => name.userId)),
      usernames: present(names.map((name) => name.username)),
      emails: present(names.map((name) => name.email)),
    });
    const key = (text: string): string => text.toLowerCase();
    const byId = new Map(found.map((user) => [user.id, user]));
    const byUsername = new Map(found.map((user) => [key(user.username), user]));
    const byEmail = new Map(found.map((user) => [key(user.email), user]));
    return names.map(
      ({ userId, username, email }) =>
        (userId !== undefined && byId.get(userId)) ||
        (username !== undefined && byUsername.get(key(username))) ||
        (email !== undefined && byEmail.get(key(email))) ||
        null,
    );
  }

  async usernames(ids: string[], tx?: Transaction): Promise<Map<string, string>> {
    const users = await this.users.listByIds([...new Set(ids)], tx);
    return new Map(users.map((user) => [user.id, user.username]));
  }
}
