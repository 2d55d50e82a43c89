import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';
import { RetryTransaction } from '../database/database-errors.js';
import type { Transaction } from '../database/transaction.js';
import { Problem } from '../../problems/problem.js';
import { type KeyedRequest, keyReused } from './keyed-request.js';

/** A response that can be sent again. */
export interface StoredResponse {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

const CHUNK = 1_000;

/**
 * Replaces the name of a user in a response. Responses contain people as `{id, username}` or `{user_id, username}`.
 * Text that people wrote stays.
 */
function replaceUsername(value: unknown, userId: string, username: string): unknown {
  if (Array.isArray(value)) return value.map((item) => replaceUsername(item, userId, username));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name, replaceUsername(member, userId, username)]);
  const person = value as { id?: unknown; user_id?: unknown; username?: unknown };
  const isUser = 'username' in person && (person.id === userId || person.user_id === userId);
  return { ...Object.fromEntries(members), ...(isUser ? { username } : {}) };
}

/** The `idempotency_keys` table. One transaction writes a row and the change of its request. */
@Injectable()
export class IdempotencyKeysRepository {
  constructor(private readonly database: Database) {}

  /**
   * Locks the key until the transaction ends. Returns the stored response if the request was already done after
   * `after`.
   * @throws Problem request_running while another transaction holds the key, validation_failed if another request used
   *   it
   */
  async claim(
    tx: Transaction,
    { userId, key, fingerprint }: KeyedRequest,
    after: Date,
  ): Promise<StoredResponse | null> {
    // Never waits: requests that wait for one key would occupy all connections.
    const [lock] = await tx.query<{ taken: boolean }>(
      `SELECT pg_try_advisory_xact_lock(hashtextextended('idempotency:' || $1 || ':' || $2, 0)) AS taken`,
      [userId, key],
    );
    if (!lock?.taken) throw new Problem('request_running', { headers: { 'retry-after': '1' } });
    const [row] = await tx.query<StoredResponse & { fingerprint: string }>(
      `SELECT fingerprint, status, headers, body FROM idempotency_keys
        WHERE user_id = $1 AND key = $2 AND created_at > $3`,
      [userId, key, after],
    );
    if (!row) return null;
    if (row.fingerprint !== fingerprint) throw keyReused();
    return { status: row.status, headers: row.headers, body: row.body };
  }

  /** Returns the response to this very request that was stored after a time; null if there is none. */
  async find({ userId, key, fingerprint }: KeyedRequest, after: Date): Promise<StoredResponse | null> {
    const [row] = await this.database.query<StoredResponse>(
      `SELECT status, headers, body FROM idempotency_keys
        WHERE user_id = $1 AND key = $2 AND created_at > $3 AND fingerprint = $4`,
      [userId, key, after, fingerprint],
    );
    return row ?? null;
  }

  /** Stores the response under the claimed key and replaces an expired one. */
  async store(tx: Transaction, request: KeyedRequest, response: StoredResponse, after: Date): Promise<void> {
    const rows = await tx.query(
      `INSERT INTO idempotency_keys AS k (user_id, key, fingerprint, status, headers, body, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, clock_timestamp())
       ON CONFLICT (user_id, key) DO UPDATE
         SET fingerprint = excluded.fingerprint, status = excluded.status, headers = excluded.headers,
             body = excluded.body, created_at = excluded.created_at
         WHERE k.created_at <= $7
       RETURNING 1`,
      [
        request.userId,
        request.key,
        request.fingerprint,
        response.status,
        JSON.stringify(response.headers),
        JSON.stringify(response.body ?? null),
        after,
      ],
    );
    // A transaction without the lock stored a response. The work of this one must not be done twice.
    if (rows.length === 0) throw new RetryTransaction();
  }

  /** Deletes the rows up to a time in batches and returns their number. Several servers may call it at once. */
  async prune(until: Date): Promise<number> {
    let removed = 0;
    for (;;) {
      const [row] = await this.database.query<{ n: number }>(
        `WITH old AS (
           SELECT user_id, key FROM idempotency_keys WHERE created_at <= $1 LIMIT ${CHUNK} FOR UPDATE SKIP LOCKED),
         deleted AS (
           DELETE FROM idempotency_keys k USING old WHERE k.user_id = old.user_id AND k.key = old.key RETURNING 1)
         SELECT count(*)::int AS n FROM deleted`,
        [until],
      );
      const n = row?.n ?? 0;
      removed += n;
      if (n < CHUNK) return removed;
    }
  }

  /** Deletes the stored responses to the requests of a user. */
  async deleteByUser(tx: Transaction, userId: string): Promise<void> {
    await tx.query(`DELETE FROM idempotency_keys WHERE user_id = $1`, [userId]);
  }

  /** Replaces the name of a user in the stored responses to the requests of others. */
  async rename(tx: Transaction, userId: string, name: string): Promise<void> {
    const rows = await tx.query<{ userId: string; key: string; body: unknown }>(
      `SELECT user_id AS "userId", key, body FROM idempotency_keys WHERE strpos(body::text, $1::text) > 0
        ORDER BY user_id, key FOR UPDATE`,
      [userId],
    );
    if (rows.length === 0) return;
    await tx.query(
      `UPDATE idempotency_keys k SET body = renamed.body::json
         FROM unnest($1::uuid[], $2::text[], $3::text[]) AS renamed (user_id, key, body)
        WHERE k.user_id = renamed.user_id AND k.key = renamed.key`,
      [
        rows.map((row) => row.userId),
        rows.map((row) => row.key),
        rows.map((row) => JSON.stringify(replaceUsername(row.body, userId, name))),
      ],
    );
  }
}
