import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { IsNull, MoreThan, Repository } from 'typeorm';
import { insertEntryIf } from '../audit/audit-row.js';
import { insertInto } from '../platform/database/insert-into.js';
import type { Queryable } from '../platform/database/database.js';
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

const COLUMNS = {
  id: 'uuid',
  user_id: 'uuid',
  refresh_count: 'integer',
  rotated_at: 'timestamptz',
  created_at: 'timestamptz',
  last_used_at: 'timestamptz',
  expires_at: 'timestamptz',
  ended_at: 'timestamptz',
  address: 'text',
  user_agent: 'text',
  device: 'text',
};
const insertSessions = insertInto('sessions', COLUMNS);

@Injectable()
export class SessionsRepository {
  constructor(@InjectRepository(Session) private readonly sessions: Repository<Session>) {}

  insert(tx: Transaction, session: Session): void {
    const {
      id,
      userId,
      refreshCount,
      rotatedAt,
      createdAt,
      lastUsedAt,
      expiresAt,
      endedAt,
      address,
      userAgent,
      device,
    } = session;
    const row = {
      id,
      user_id: userId,
      refresh_count: refreshCount,
      rotated_at: rotatedAt,
      created_at: createdAt,
      last_used_at: lastUsedAt,
      expires_at: expiresAt,
      ended_at: endedAt,
      address,
      user_agent: userAgent,
      device,
    };
    tx.write(...insertSessions([row]));
  }

  /**
   * Keeps the account as it is until the end of the transaction, so that neither an erasure nor a new password misses
   * the session that is about to start. Returns null if it was erased or disabled, or has another
   * password, since the password was checked.
   */
  async lockAccount(
    tx: Transaction,
    account: { id: string; passwordHash: string },
    device: string,
  ): Promise<{ usedBefore: boolean; hasDevices: boolean } | null> {
    const [row] = await tx.query<{ usedBefore: boolean; hasDevices: boolean }>(
      `SELECT EXISTS (SELECT FROM sessions s WHERE s.user_id = u.id AND s.device = $3) AS "usedBefore",
              EXISTS (SELECT FROM sessions s WHERE s.user_id = u.id AND s.device IS NOT NULL) AS "hasDevices"
         FROM users u WHERE u.id = $1 AND u.password_hash = $2 AND u.erased_at IS NULL AND u.disabled_at IS NULL
          FOR SHARE OF u`,
      [account.id, account.passwordHash, device],
    );
    return row ?? null;
  }

  async findLive(id: string): Promise<LiveSession | null> {
    const [row] = await this.sessions.query<LiveSession[]>(
      `SELECT s.user_id AS "userId", u.username, u.role, u.time_zone AS "timeZone"
         FROM sessions s JOIN users u ON u.id = s.user_id
        WHERE s.id = $1 AND s.ended_at IS NULL AND s.expires_at > clock_timestamp() AND u.erased_at IS NULL
          AND u.disabled_at IS NULL`,
      [id],
    );
    return row ?? null;
  }

  /** Returns those of the sessions that have neither ended nor expired. */
  async filterLive(ids: string[]): Promise<string[]> {
    const rows = await this.sessions.query<{ id: string }[]>(
      `SELECT s.id FROM sessions s JOIN users u ON u.id = s.user_id
        WHERE s.id = ANY($1) AND s.ended_at IS NULL AND s.expires_at > clock_timestamp() AND u.erased_at IS NULL
          AND u.disabled_at IS NULL`,
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

  /** Returns the addresses of the sessions that a user began in the last 90 days, the latest first. */
  async listAddresses(userId: string): Promise<string[]> {
    const rows = await this.sessions.query<{ address: string }[]>(
      `SELECT address FROM sessions
        WHERE user_id = $1 AND address IS NOT NULL AND created_at > now() - interval '90 days'
        GROUP BY address ORDER BY max(created_at) DESC LIMIT 100`,
      [userId],
    );
    return rows.map(({ address }) => address);
  }

  /**
   * Redeems the refresh token with the number `count` in one statement, so that exactly one of any number of concurrent
   * requests rotates it. The row lock makes the others wait and evaluate the new row: the previous token returns the same
   * successor until that is used for the first time, and for the grace period after that, because the response may have
   * been lost; any older one ends the session. Returns null if there is no such live session.
   * @param theft recorded in the audit trail when it ends the session
   */
  async redeem(
    id: string,
    count: number,
    graceSeconds: number,
    lifeDays: number,
    theft: string,
  ): Promise<Redemption | null> {
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
         RETURNING user_id, ended_at),
       stolen AS (${insertEntryIf(
         `(SELECT $5::jsonb || jsonb_build_object('subject_id', user_id) FROM redeemed)`,
         'EXISTS (SELECT FROM redeemed WHERE ended_at IS NOT NULL)',
       )})
       SELECT user_id AS "userId", $2 + 1 AS count, ended_at IS NOT NULL AS stolen FROM redeemed`,
      [id, count, graceSeconds, lifeDays, theft],
    );
    return rows[0] ?? null;
  }

  /**
   * Ends one session, all, or all but one of a user. Returns the ids of those that had not ended before.
   * @param entry recorded in the audit trail, with their number, when there are any
   */
  async end(
    userId: string,
    which: { only?: string; except?: string },
    entry: string,
    on: Queryable,
  ): Promise<string[]> {
    const rows = await on.query<{ id: string }>(
      `WITH ended AS (
         UPDATE sessions SET ended_at = clock_timestamp()
          WHERE user_id = $1 AND ended_at IS NULL AND ($2::uuid IS NULL OR id = $2) AND ($3::uuid IS NULL OR id <> $3)
          RETURNING id),
       audited AS (${insertEntryIf(
         `(SELECT jsonb_set($4::jsonb, '{details,sessions}', to_jsonb(count(*))) FROM ended)`,
         'EXISTS (SELECT FROM ended)',
       )})
       SELECT id FROM ended`,
      [userId, which.only ?? null, which.except ?? null, entry],
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
