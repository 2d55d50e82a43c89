import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, Repository } from 'typeorm';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import { RetryTransaction, violatesUnique } from '../platform/database/database-errors.js';
import type { Transaction } from '../platform/database/transaction.js';
import { type FieldError, Problem } from '../problems/problem.js';
import { SYSTEM_USER_ID } from './system-user.js';
import { User } from './user.entity.js';

const TAKEN: Record<string, FieldError> = {
  users_username_key: { pointer: '/username', code: 'taken', message: 'This name is taken. Choose another one.' },
  users_email_key: { pointer: '/email', code: 'taken', message: 'This e-mail address is taken. Choose another one.' },
};

const USER = `u.id, u.username, u.email, u.holds_email AS "holdsEmail", u.password_hash AS "passwordHash", u.role, u.time_zone AS "timeZone",
  u.created_at AS "createdAt", u.erased_at AS "erasedAt", u.disabled_at AS "disabledAt"`;

const NOT_ERASED = { erasedAt: IsNull() };

/** Registrations of one address at the same moment: the one that came first holds it, and the others see that. */
const MAX_ATTEMPTS = 3;

/** An account that is locked: its row does not change until the transaction ends. */
export type LockedAccount = Pick<User, 'id' | 'role' | 'disabledAt'>;

export type AccountChanges = Partial<Pick<User, 'email' | 'timeZone' | 'passwordHash'>>;

/** Returns a query that finds an account, other than that with the id, which holds the address. */
const isHeldByAnother = (email: string, id: string): string =>
  `SELECT FROM users held WHERE held.email = ${email} AND held.holds_email AND held.id <> ${id}`;

@Injectable()
export class UsersRepository {
  /** Whether nobody may learn who has an e-mail address. */
  private readonly areAddressesPrivate: boolean;

  constructor(
    @InjectRepository(User) private readonly users: Repository<User>,
    private readonly database: Database,
    { values }: Config,
  ) {
    this.areAddressesPrivate = values.userLookup !== 'email';
  }

  /**
   * Stores and returns an account. It holds its e-mail address unless another one does and addresses are private.
   * @throws Problem name_taken, with a pointer to every taken value
   */
  async insert(user: Omit<User, 'holdsEmail'>): Promise<User> {
    const { raw } = await this.write(user, () =>
      this.users
        .createQueryBuilder()
        .insert()
        .values({ ...user, ...this.holdsEmail() })
        .setParameters({ wantedEmail: user.email, wantedBy: user.id })
        .returning('holds_email'),
    );
    return { ...user, holdsEmail: (raw as { holds_email: boolean }[])[0]!.holds_email };
  }

  /** Changes an account. The call that sends the statement throws Problem name_taken. */
  update(tx: Transaction, id: string, { email, timeZone, passwordHash }: AccountChanges): void {
    tx.write(
      `UPDATE users SET email = coalesce($2, email), time_zone = coalesce($3, time_zone),
              password_hash = coalesce($4, password_hash),
              holds_email = CASE WHEN $2::citext IS NULL THEN holds_email
                                 ELSE NOT ($5::boolean AND EXISTS (${isHeldByAnother('$2', '$1')})) END
        WHERE id = $1`,
      [id, email ?? null, timeZone ?? null, passwordHash ?? null, this.areAddressesPrivate],
      (error) => {
        if (!violatesUnique(error, 'users_email_key')) return error;
        // Another account took the address at the same moment, which the next attempt sees.
        if (this.areAddressesPrivate) return new RetryTransaction();
        return new Problem('name_taken', { errors: [TAKEN.users_email_key!] });
      },
    );
  }

  /** Overwrites the personal data of the account. Does nothing if the account is already erased. */
  erase(
    tx: Transaction,
    id: string,
    erased: Omit<User, 'id' | 'createdAt' | 'role' | 'holdsEmail' | 'disabledAt'>,
  ): void {
    const { username, email, passwordHash, timeZone, erasedAt } = erased;
    tx.write(
      `UPDATE users SET username = $2, email = $3, password_hash = $4, time_zone = $5, erased_at = $6, role = 'user',
              disabled_at = NULL
        WHERE id = $1 AND erased_at IS NULL`,
      [id, username, email, passwordHash, timeZone, erasedAt],
    );
  }

  /**
   * Locks an account and all administrators, in the order of the ids, so that two acts cannot leave no administrator.
   * Waits for the writes of the account that are being committed.
   */
  lockWithAdmins(tx: Transaction, id: string): Promise<LockedAccount[]> {
    return tx.query<LockedAccount>(
      `SELECT u.id, u.role, u.disabled_at AS "disabledAt" FROM users u
        WHERE u.erased_at IS NULL AND u.id <> $2 AND (u.id = $1 OR u.role = 'admin') ORDER BY u.id FOR UPDATE`,
      [id, SYSTEM_USER_ID],
    );
  }

  setDisabled(tx: Transaction, id: string, at: Date | null): void {
    tx.write('UPDATE users SET disabled_at = $2 WHERE id = $1', [id, at]);
  }

  setRole(tx: Transaction, id: string, role: User['role']): void {
    tx.write('UPDATE users SET role = $2 WHERE id = $1', [id, role]);
  }

  /** Returns true when there is an administrator. */
  async hasAdmin(): Promise<boolean> {
    return (await this.users.findOneBy({ role: 'admin', ...NOT_ERASED })) !== null;
  }

  findById(id: string): Promise<User | null> {
    return this.users.findOneBy({ id, ...NOT_ERASED });
  }

  findByUsername(username: string): Promise<User | null> {
    return this.users.findOneBy({ username, ...NOT_ERASED });
  }

  /** Finds the account that holds an address. */
  findByEmail(email: string): Promise<User | null> {
    return this.users.findOneBy({ email, holdsEmail: true, ...NOT_ERASED });
  }

  /** Returns the account that holds an address, and the newest of the others that name it. */
  listByEmail(email: string): Promise<User[]> {
    return this.database.query(
      `(SELECT ${USER} FROM users u WHERE u.email = $1 AND u.holds_email AND u.erased_at IS NULL)
       UNION ALL
       (SELECT ${USER} FROM users u WHERE u.email = $1 AND NOT u.holds_email AND u.erased_at IS NULL
         ORDER BY u.created_at DESC LIMIT 1)`,
      [email],
    );
  }

  /** Returns the users with these ids, including erased ones. */
  listByIds(ids: string[], tx?: Transaction): Promise<User[]> {
    return (tx ?? this.database).query(`SELECT ${USER} FROM users u WHERE u.id = ANY($1::uuid[])`, [ids]);
  }

  /** Returns the users with these ids, names or e-mail addresses, without regard to case, in one query. */
  listByNames(tx: Transaction, names: { ids: string[]; usernames: string[]; emails: string[] }): Promise<User[]> {
    return tx.query(
      `SELECT ${USER} FROM users u
        WHERE u.erased_at IS NULL
          AND (u.id = ANY($1::uuid[]) OR u.username = ANY($2::citext[]) OR u.holds_email AND u.email = ANY($3::citext[]))`,
      [names.ids, names.usernames, names.emails],
    );
  }

  /** Decides with the write itself whether a new account holds its address. */
  private holdsEmail(): { holdsEmail: boolean | (() => string) } {
    if (!this.areAddressesPrivate) return { holdsEmail: true };
    return { holdsEmail: () => `NOT EXISTS (${isHeldByAnother(':wantedEmail', ':wantedBy')})` };
  }

  /** @throws Problem name_taken */
  private async write<T>(wanted: Partial<User>, statement: () => { execute(): Promise<T> }): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await statement().execute();
      } catch (error) {
        const isOnlyLate = this.areAddressesPrivate && violatesUnique(error, 'users_email_key');
        if (!isOnlyLate || attempt === MAX_ATTEMPTS) throw await this.toNameTaken(error, wanted);
      }
    }
  }

  /** Returns a name_taken problem if the error is a violation of a unique constraint, or else the error itself. */
  private async toNameTaken(error: unknown, wanted: Partial<User>): Promise<unknown> {
    const names = Object.keys(TAKEN).filter((constraint) => violatesUnique(error, constraint));
    if (names.length === 0) return error;
    // PostgreSQL reports only the first violated constraint. Check whether the other value is taken as well.
    if (wanted.username && wanted.email && !this.areAddressesPrivate) {
      if (await this.findByUsername(wanted.username)) names.push('users_username_key');
      if (await this.findByEmail(wanted.email)) names.push('users_email_key');
    }
    // In the order of the body, whichever constraint PostgreSQL checked first.
    const errors = Object.entries(TAKEN).flatMap(([name, error]) => (names.includes(name) ? [error] : []));
    return new Problem('name_taken', { errors });
  }
}
