import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, MoreThan, Not, Repository } from 'typeorm';
import type { Transaction } from '../platform/database/transaction.js';
import { Session } from './session.entity.js';

/** The result of redeeming a refresh token. `stolen`: the token is an older one, so its session was ended. */
export interface Redemption {
  userId: string;
  /** The number of the successor. */
  count: number;
  stolen: boolean;
}

/** A session with the parts of its account that every request needs. */
export interface LiveSession {
  userId: string;
  username: string;
  role: 'user' | 'admin';
  timeZone: string;
}

@Injectable()
export class SessionsRepository {
  constructor(@InjectRepository(Session) private readonly sessions: Repository<Session>) {}

  insert(tx: Transaction, session: Session): void {
    tx.write(
      `INSERT INTO sessions (id, user_id, refresh_count, created_at, last_used_at, expires_at, address, user_agent, device)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        session.id,
        session.userId,
        session.refreshCount,
        session.createdAt,
        session.lastUsedAt,
        session.expiresAt,
        session.address,
        session.userAgent,
        session.device,
      ],
    );
  }

  /**
   * Keeps the account as it is until the end of the transaction, so that neither an erasure nor a new password misses
   * the session that is about to start. Returns null if it has changed since the password was checked.
   */
  async lockAccount(
    tx: Transaction,
    account: { id: string; passwordHash: string },
    device: string,
  ): Promise<{ usedBefore: boolean; hasDevices: boolean } | null> {
    const [row] = await tx.query<{ usedBefore: boolean; hasDevices: boolean }>(
      `SELECT EXISTS (SELECT FROM sessions s WHERE s.user_id = u.id AND s.device = $3) AS "usedBefore",
              EXISTS (SELECT FROM sessions s WHERE s.user_id = u.id AND s.device IS NOT NULL) AS "hasDevices"
         FROM users u WHERE u.id = $1 AND u.password_hash = $2 AND u.erased_at IS NULL
          FOR SHARE OF u`,
      [account.id, account.passwordHash, device],
    );
    return row ?? null;
  }

  async findLive(id: string): Promise<LiveSession | null> {
    const [row] = await this.sessions.query<LiveSession[]>(
      `SELECT s.user_id AS "userId", u.username, u.role, u.time_zone AS "timeZone"
         FROM sessions s JOIN users u ON u.id = s.user_id
        WHERE s.id = $1 AND s.ended_at IS NULL AND s.expires_at > clock_timestamp() AND u.erased_at IS NULL`,
      [id],
    );
    return row ?? null;
  }

  /** Returns those of the sessions that have neither ended nor expired. */
  async filterLive(ids: string[]): Promise<string[]> {
    const rows = await this.sessions.query<{ id: string }[]>(
      `SELECT s.id FROM sessions s JOIN users u ON u.id = s.user_id
        WHERE s.id = ANY($1) AND s.ended_at IS NULL AND s.expires_at > clock_timestamp() AND u.erased_at IS NULL`,
      [ids],
    );
    return rows.map(({ id }) => id);
  }

  listLive(userId: string): Promise<Session[]> {
    return this.sessions.find({
      where: { userId, endedAt: IsNull(), expiresAt: MoreThan(new Date()) },
      order: { lastUsedAt: 'DESC' },
    });
  }

  /**
   * Redeems the refresh token with the number `count` in one statement, so that exactly one of any number of concurrent
   * requests rotates it. The row lock makes the others wait and evaluate the new row: the previous token returns the same
   * successor until that is used for the first time, and for the grace period after that, because the response may have
   * been lost; any older one ends the session. Returns null if there is no such live session.
   */
  async redeem(id: string, count: number, graceSeconds: number, lifeDays: number): Promise<Redemption | null> {
    const rows = await this.sessions.query<Redemption[]>(
      `WITH redeemed AS (
         UPDATE sessions SET
           refresh_count = CASE WHEN refresh_count = $2 THEN refresh_count + 1 ELSE refresh_count END,
           rotated_at = CASE WHEN refresh_count = $2 THEN clock_timestamp() ELSE rotated_at END,
           expires_at = CASE WHEN refresh_count = $2 THEN clock_timestamp() + make_interval(days => $4::int)
                             ELSE expires_at END,
           last_used_at = clock_timestamp(),
           ended_at = CASE WHEN refresh_count IN ($2, $2 + 1)
                             OR (refresh_count = $2 + 2
                                 AND rotated_at > clock_timestamp() - make_interval(secs => $3::int))
                           THEN NULL ELSE clock_timestamp() END
         WHERE id = $1 AND ended_at IS NULL AND expires_at > clock_timestamp()
         RETURNING user_id, ended_at)
       SELECT user_id AS "userId", $2 + 1 AS count, ended_at IS NOT NULL AS stolen FROM redeemed`,
      [id, count, graceSeconds, lifeDays],
    );
    return rows[0] ?? null;
  }

  /** Ends one session, all, or all but one of a user. Returns the ids of those that had not ended before. */
  async end(userId: string, which: { only?: string; except?: string }): Promise<string[]> {
    const live = await this.sessions
      .createQueryBuilder()
      .update()
      .set({ endedAt: () => 'clock_timestamp()' })
      .where({ userId, endedAt: IsNull() })
      .andWhere(which.only ? { id: which.only } : {})
      .andWhere(which.except ? { id: Not(which.except) } : {})
      .returning('id')
      .execute();
    return (live.raw as { id: string }[]).map((row) => row.id);
  }

  /** Ends every session of a user in a transaction. Returns the ids of those that had not ended before. */
  async endAll(tx: Transaction, userId: string): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      `WITH ended AS (
         UPDATE sessions SET ended_at = clock_timestamp() WHERE user_id = $1 AND ended_at IS NULL RETURNING id)
       SELECT id FROM ended`,
      [userId],
    );
    return rows.map((row) => row.id);
  }

  /** Ends every session of a user and erases their devices. Returns the ids of all sessions of the user. */
  async erase(tx: Transaction, userId: string): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      `WITH erased AS (
         UPDATE sessions SET ended_at = coalesce(ended_at, clock_timestamp()), address = NULL, user_agent = NULL,
                device = NULL
          WHERE user_id = $1 RETURNING id)
       SELECT id FROM erased`,
      [userId],
    );
    return rows.map((row) => row.id);
  }
}
