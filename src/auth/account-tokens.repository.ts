import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import type { AccountToken, TokenPurpose } from './account-token.entity.js';

/** A token that can be used, and its account. */
export interface LivingToken {
  purpose: TokenPurpose;
  userId: string;
  /** The address that the token confirms. */
  confirms: string;
  username: string;
  /** The address of the account. */
  email: string;
  /** Whether the account has confirmed that address. */
  isVerified: boolean;
}

const LIVING = `t.used_at IS NULL AND t.expires_at > clock_timestamp() AND u.erased_at IS NULL`;
const SELECT_LIVING = `
  SELECT t.purpose, t.user_id AS "userId", t.email AS confirms, u.username, u.email,
         u.email_verified_at IS NOT NULL AS "isVerified"
    FROM account_tokens t JOIN users u ON u.id = t.user_id
   WHERE t.hash = $1 AND t.purpose = ANY($2) AND ${LIVING}`;

@Injectable()
export class AccountTokensRepository {
  constructor(private readonly database: Database) {}

  insert(
    tx: Transaction,
    token: Pick<AccountToken, 'hash' | 'purpose' | 'userId' | 'email'>,
    lifetimeSeconds: number,
  ): void {
    tx.write(
      `INSERT INTO account_tokens (hash, purpose, user_id, email, created_at, expires_at)
       VALUES ($1, $2, $3, $4, now(), now() + make_interval(secs => $5))`,
      [token.hash, token.purpose, token.userId, token.email, lifetimeSeconds],
    );
  }

  /** Returns the token, if it can be used for one of the purposes. */
  async find(hash: Buffer, purposes: TokenPurpose[]): Promise<LivingToken | null> {
    const [row] = await this.database.query<LivingToken>(SELECT_LIVING, [hash, purposes]);
    return row ?? null;
  }

  /** Returns the address of an invitation; null if it has ended. */
  async findInvited(hash: Buffer, tx?: Transaction): Promise<string | null> {
    const [row] = await (tx ?? this.database).query<{ email: string }>(
      `SELECT email FROM account_tokens WHERE hash = $1 AND purpose = 'invitation' AND expires_at > clock_timestamp()`,
      [hash],
    );
    return row?.email ?? null;
  }

  /**
   * Returns the token like `find`, and locks its account: of two requests with one token the second finds it used. Others
   * may give the account a role meanwhile, which only refers to it.
   */
  async lock(tx: Transaction, hash: Buffer, purposes: TokenPurpose[]): Promise<LivingToken | null> {
    await tx.query(
      `SELECT FROM users u WHERE u.id = (SELECT user_id FROM account_tokens WHERE hash = $1) FOR NO KEY UPDATE`,
      [hash],
    );
    const [row] = await tx.query<LivingToken>(SELECT_LIVING, [hash, purposes]);
    return row ?? null;
  }

  /** Marks a token of a locked account as used. */
  setUsed(tx: Transaction, hash: Buffer): void {
    tx.write(`UPDATE account_tokens SET used_at = now() WHERE hash = $1`, [hash]);
  }

  /** Returns whether every address that was asked has confirmed the change to this one. */
  async isConfirmed(tx: Transaction, userId: string, email: string): Promise<boolean> {
    const [row] = await tx.query<{ confirmed: boolean }>(
      `SELECT coalesce(bool_and(used_at IS NOT NULL), false)
              AND count(*) FILTER (WHERE purpose = 'email_change') > 0 AS confirmed
         FROM account_tokens
        WHERE user_id = $1 AND email = $2::citext AND purpose IN ('email_change', 'email_release')`,
      [userId, email],
    );
    return row!.confirmed;
  }

  /** Deletes the tokens of an account, all or those for some purposes. */
  deleteByUser(tx: Transaction, userId: string, purposes: TokenPurpose[] | null = null): void {
    tx.write(`DELETE FROM account_tokens WHERE user_id = $1 AND ($2::text[] IS NULL OR purpose = ANY($2))`, [
      userId,
      purposes,
    ]);
  }

  /** Deletes expired tokens. Those of one change of an address expire at the same moment, and go together. */
  async prune(): Promise<void> {
    await this.database.query(`DELETE FROM account_tokens WHERE expires_at < now()`);
  }
}
