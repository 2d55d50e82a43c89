import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { In, IsNull, Repository } from 'typeorm';
import { violatesUnique } from '../platform/database/database-errors.js';
import type { Transaction } from '../platform/database/transactions.js';
import { type FieldError, Problem } from '../problems/problem.js';
import { User } from './user.entity.js';

const TAKEN: Record<string, FieldError> = {
  users_username_key: { pointer: '/username', code: 'taken', message: 'This name is taken. Choose another one.' },
  users_email_key: { pointer: '/email', code: 'taken', message: 'This e-mail address is taken. Choose another one.' },
};

const NOT_ERASED = { erasedAt: IsNull() };

@Injectable()
export class UsersRepository {
  constructor(@InjectRepository(User) private readonly users: Repository<User>) {}

  /** @throws Problem name_taken, with a pointer to every taken value */
  async insert(user: User): Promise<void> {
    try {
      await this.users.insert(user);
    } catch (error) {
      throw await this.toNameTaken(error, user);
    }
  }

  /** @throws Problem name_taken */
  async update(id: string, changes: Partial<Pick<User, 'email' | 'timeZone' | 'passwordHash'>>): Promise<void> {
    if (Object.keys(changes).length === 0) return;
    try {
      await this.users.update({ id }, changes);
    } catch (error) {
      throw await this.toNameTaken(error, changes);
    }
  }

  /** Overwrites the personal data of the account. Does nothing if the account is already erased. */
  async erase(tx: Transaction, id: string, erased: Omit<User, 'id' | 'createdAt' | 'role'>): Promise<void> {
    await tx.manager.update(User, { id, ...NOT_ERASED }, { ...erased, role: 'user' });
  }

  findById(id: string): Promise<User | null> {
    return this.users.findOneBy({ id, ...NOT_ERASED });
  }

  findByUsername(username: string): Promise<User | null> {
    return this.users.findOneBy({ username, ...NOT_ERASED });
  }

  findByEmail(email: string): Promise<User | null> {
    return this.users.findOneBy({ email, ...NOT_ERASED });
  }

  /** Returns the users with these ids, including erased ones. */
  listByIds(ids: string[], tx?: Transaction): Promise<User[]> {
    return (tx?.manager ?? this.users.manager).findBy(User, { id: In(ids) });
  }

  /** Returns the users with these ids, names or e-mail addresses, without regard to case, in one query. */
  async listByNames(tx: Transaction, names: { ids: string[]; usernames: string[]; emails: string[] }): Promise<User[]> {
    return tx.manager
      .createQueryBuilder(User, 'u')
      .where(
        'u.erasedAt IS NULL AND (u.id = ANY(:ids::uuid[]) OR u.username = ANY(:usernames::citext[]) OR u.email = ANY(:emails::citext[]))',
        names,
      )
      .getMany();
  }

  /** Returns a name_taken problem if the error is a violation of a unique constraint, or else the error itself. */
  private async toNameTaken(error: unknown, wanted: Partial<User>): Promise<unknown> {
    const names = Object.keys(TAKEN).filter((constraint) => violatesUnique(error, constraint));
    if (names.length === 0) return error;
    // PostgreSQL reports only the first violated constraint. Check whether the other value is taken as well.
    if (wanted.username && wanted.email) {
      if (await this.findByUsername(wanted.username)) names.push('users_username_key');
      if (await this.findByEmail(wanted.email)) names.push('users_email_key');
    }
    // In the order of the body, whichever constraint PostgreSQL checked first.
    const errors = Object.entries(TAKEN).flatMap(([name, error]) => (names.includes(name) ? [error] : []));
    return new Problem('name_taken', { errors });
  }
}
