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

const USER = `u.id, u.username, u.email, u.holds_email AS "holdsEmail", u.password_hash AS "passwordHash", u.role,
  u.time_zone AS "timeZone", u.email_verified_at AS "emailVerifiedAt", u.pending_email AS "pendingEmail",
  u.pending_email_until AS "pendingEmailUntil", u.created_at AS "createdAt", u.erased_at AS "erasedAt",
  u.disabled_at AS "disabledAt"`;

const NOT_ERASED = { erasedAt: IsNull() };

/** Nobody else holds the address $2 of the account $1. */
const IS_FREE = `NOT EXISTS (SELECT FROM users held WHERE held.email = $2::citext AND held.holds_email AND held.id <> $1)`;

/** An account that is locked: its row does not change until the transaction ends. */
export type LockedAccount = Pick<User, 'id' | 'role' | 'disabledAt' | 'email' | 'pendingEmail' | 'passwordHash'>;

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
   * Stores and returns an account. It holds its e-mail address unless another one does and addresses are private. The
   * transaction fails if a value is taken; see `toNameTaken`, and `isOnlyLate`.
   */
  async insert(tx: Transaction, user: Omit<User, 'holdsEmail'>): Promise<User> {
    const [row] = await tx.query<{ holdsEmail: boolean }>(
      `INSERT INTO users (id, username, email, password_hash, role, time_zone, created_at, holds_email)
       VALUES ($1, $2, $3, $4, $5, $6, $7,
               $8 OR NOT EXISTS (SELECT FROM users held WHERE held.email = $3::citext AND held.holds_email))
       RETURNING holds_email AS "holdsEmail"`,
      [
        user.id,
        user.username,
        user.email,
        user.passwordHash,
        user.role,
        user.timeZone,
        user.createdAt,
        !this.areAddressesPrivate,
      ],
    );
    return { ...user, holdsEmail: row!.holdsEmail };
  }

  /** Locks an account until the transaction ends. Returns the hash of its password; null when it is erased or disabled. */
  async lockPassword(tx: Transaction, id: string): Promise<string | null> {
    const [row] = await tx.query<{ passwordHash: string }>(
      `SELECT password_hash AS "passwordHash" FROM users
        WHERE id = $1 AND erased_at IS NULL AND disabled_at IS NULL FOR NO KEY UPDATE`,
      [id],
    );
    return row?.passwordHash ?? null;
  }

  /** See `UsersService.timeZone`. */
  async timeZone(tx: Transaction, id: string, expected: string | null): Promise<string> {
    if (expected !== null && tx.mayAssume) {
      tx.assume('SELECT EXISTS (SELECT FROM users WHERE id = $1 AND time_zone = $2)', [id, expected]);
      return expected;
    }
    const [row] = await tx.query<{ timeZone: string }>(`SELECT time_zone AS "timeZone" FROM users WHERE id = $1`, [id]);
    return row!.timeZone;
  }

  /** Changes an account, unless it is erased. The call that sends the statement throws Problem name_taken. */
  update(tx: Transaction, id: string, { email, timeZone, passwordHash }: AccountChanges): void {
    tx.write(
      `UPDATE users SET email = coalesce($2, email), time_zone = coalesce($3, time_zone),
              password_hash = coalesce($4, password_hash),
              holds_email = CASE WHEN $2::citext IS NULL THEN holds_email
                                 ELSE NOT ($5::boolean AND EXISTS (${isHeldByAnother('$2', '$1')})) END
        WHERE id = $1 AND erased_at IS NULL`,
      [id, email ?? null, timeZone ?? null, passwordHash ?? null, this.areAddressesPrivate],
      {
        toError: (error) => {
          if (!violatesUnique(error, 'users_email_key')) return error;
          // Another account took the address at the same moment, which the next attempt sees.
          if (this.areAddressesPrivate) return new RetryTransaction();
          return new Problem('name_taken', { errors: [TAKEN.users_email_key!] });
        },
      },
    );
  }

  /**
   * Sets a new password with a link that was sent to `email`: a person who read it receives mails there. A change of
   * the address that was not confirmed yet ends.
   */
  resetPassword(tx: Transaction, id: string, passwordHash: string, email: string): void {
    tx.write(
      `UPDATE users SET password_hash = $2, pending_email = NULL, pending_email_until = NULL,
              email_verified_at = CASE WHEN email = $3::citext THEN coalesce(email_verified_at, now())
                                       ELSE email_verified_at END
        WHERE id = $1 AND erased_at IS NULL`,
      [id, passwordHash, email],
    );
  }

  /** Stores that a person receives mails at the address of the account, which then holds it before unverified ones. */
  setEmailVerified(tx: Transaction, id: string, email: string): void {
    this.releaseUnverified(tx, id, email);
    tx.write(
      `UPDATE users SET email_verified_at = coalesce(email_verified_at, now()), holds_email = holds_email OR ${IS_FREE}
        WHERE id = $1`,
      [id, email],
    );
  }

  /** Like `setEmailVerified`. @throws Problem name_taken if another account has verified the address */
  async verifyEmail(tx: Transaction, id: string, email: string): Promise<void> {
    this.setEmailVerified(tx, id, email);
    const [row] = await tx.query<{ holdsEmail: boolean }>(
      `SELECT holds_email AS "holdsEmail" FROM users WHERE id = $1`,
      [id],
    );
    if (row!.holdsEmail) return;
    const message = 'An account has confirmed this address: sign in to it.';
    throw new Problem('name_taken', { errors: [{ ...TAKEN.users_email_key!, message }] });
  }

  /** @param email null ends the change */
  setPendingEmail(tx: Transaction, id: string, email: string | null, until: Date | null): void {
    tx.write(`UPDATE users SET pending_email = $2, pending_email_until = $3 WHERE id = $1`, [id, email, until]);
  }

  /** Replaces the address by one that is confirmed. The transaction fails if it is taken; see `toNameTaken`. */
  async replaceEmail(tx: Transaction, id: string, email: string): Promise<void> {
    if (this.areAddressesPrivate) this.releaseUnverified(tx, id, email);
    await tx.query(
      `UPDATE users SET email = $2, email_verified_at = now(), pending_email = NULL, pending_email_until = NULL,
              holds_email = $3 OR ${IS_FREE}
        WHERE id = $1`,
      [id, email, !this.areAddressesPrivate],
    );
  }

  /** Overwrites the personal data of the account. Does nothing if the account is already erased. */
  erase(
    tx: Transaction,
    id: string,
    erased: Pick<User, 'username' | 'email' | 'passwordHash' | 'timeZone' | 'erasedAt'>,
  ): void {
    const { username, email, passwordHash, timeZone, erasedAt } = erased;
    tx.write(
      `UPDATE users SET username = $2, email = $3, password_hash = $4, time_zone = $5, erased_at = $6, role = 'user',
              disabled_at = NULL, email_verified_at = NULL, pending_email = NULL, pending_email_until = NULL
        WHERE id = $1 AND erased_at IS NULL`,
      [id, username, email, passwordHash, timeZone, erasedAt],
    );
  }

  /**
   * Locks an account and all administrators, in the order of the ids, so that two acts cannot leave no administrator.
   * Waits for the writes of the account that are being committed, but not for those that go on: they hold its row only as
   * foreign keys do, and find out at COMMIT.
   */
  lockWithAdmins(tx: Transaction, id: string): Promise<LockedAccount[]> {
    return tx.query<LockedAccount>(
      `SELECT u.id, u.role, u.disabled_at AS "disabledAt", u.email, u.pending_email AS "pendingEmail",
              u.password_hash AS "passwordHash"
         FROM users u
        WHERE u.erased_at IS NULL AND u.id <> $2 AND (u.id = $1 OR u.role = 'admin') ORDER BY u.id FOR NO KEY UPDATE`,
      [id, SYSTEM_USER_ID],
    );
  }

  /** Returns whether a person administers, which stays so until the transaction ends. */
  async lockAdmin(tx: Transaction, id: string): Promise<boolean> {
    const [row] = await tx.query(
      `SELECT u.id FROM users u
        WHERE u.id = $1 AND u.role = 'admin' AND u.disabled_at IS NULL AND u.erased_at IS NULL FOR SHARE`,
      [id],
    );
    return row !== undefined;
  }

  /** Makes the transactions that appoint the first administrator take turns, and returns whether another one has. */
  async hasOtherAdmin(tx: Transaction, id: string): Promise<boolean> {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('first_admin', 0))`);
    const [row] = await tx.query(
      `SELECT u.id FROM users u WHERE u.role = 'admin' AND u.erased_at IS NULL AND u.id <> $1 LIMIT 1`,
      [id],
    );
    return row !== undefined;
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

  private releaseUnverified(tx: Transaction, id: string, email: string): void {
    tx.write(
      `UPDATE users SET holds_email = false
        WHERE email = $2::citext AND holds_email AND id <> $1 AND email_verified_at IS NULL`,
      [id, email],
    );
  }

  /** True if the same write succeeds now: another account has come to hold the address meanwhile. */
  isOnlyLate(error: unknown): boolean {
    return this.areAddressesPrivate && violatesUnique(error, 'users_email_key');
  }

  /** @throws Problem name_taken if somebody has the address, and everybody may learn that */
  async requireFreeEmail(email: string): Promise<void> {
    if (this.areAddressesPrivate || !(await this.findByEmail(email))) return;
    throw new Problem('name_taken', { errors: [TAKEN.users_email_key!] });
  }

  /** Returns a name_taken problem if the error is a violation of a unique constraint, or else the error itself. */
  async toNameTaken(error: unknown, wanted: Partial<User>): Promise<unknown> {
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
