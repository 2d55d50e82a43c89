import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Transaction } from '../platform/database/transaction.js';
import { v7 as uuidv7 } from 'uuid';
import { Config } from '../platform/config/config.js';
import { normalizeEmail } from '../platform/http/email-address.js';
import { ERASED_NAME } from './erased-user.js';
import type { User } from './user.entity.js';
import { type AccountChanges, type LockedAccount, UsersRepository } from './users.repository.js';

export type { LockedAccount } from './users.repository.js';

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
  constructor(
    private readonly users: UsersRepository,
    private readonly config: Config,
  ) {}

  /** @throws Problem name_taken */
  create(user: NewUser): Promise<User> {
    return this.users.insert({
      role: 'user',
      ...user,
      id: uuidv7(),
      createdAt: new Date(),
      erasedAt: null,
      disabledAt: null,
    });
  }

  /** Changes an account. The call that sends the statement throws Problem name_taken. */
  update(tx: Transaction, id: string, changes: AccountChanges): void {
    this.users.update(tx, id, changes);
  }

  /** Erases everything but the id and the creation date. The name and the e-mail address become available again. */
  erase(tx: Transaction, id: string): void {
    this.users.erase(tx, id, {
      username: ERASED_NAME,
      email: `${randomUUID()}@deleted.invalid`,
      passwordHash: '!',
      timeZone: 'UTC',
      erasedAt: new Date(),
    });
  }

  /** Locks an account and all administrators until the transaction ends. */
  lockWithAdmins(tx: Transaction, id: string): Promise<LockedAccount[]> {
    return this.users.lockWithAdmins(tx, id);
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
   * Returns whom a login name may mean: the user with that name or, if it contains an @, the account that holds the
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
