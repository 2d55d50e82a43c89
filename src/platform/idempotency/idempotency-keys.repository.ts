import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { RetryTransaction } from '../database/database-errors.js';
import type { Transaction } from '../database/transactions.js';
import { Problem } from '../../problems/problem.js';
import { type KeyedRequest, keyReused } from './keyed-request.js';

/** An answer as it can be given again. */
export interface StoredAnswer {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

const CHUNK = 1_000;

/** People stand in answers as `{id, username}` or `{user_id, username}`. What they typed is not theirs alone: it stays. */
function renamed(value: unknown, userId: string, username: string): unknown {
  if (Array.isArray(value)) return value.map((item) => renamed(item, userId, username));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name, renamed(member, userId, username)]);
  const person = value as { id?: unknown; user_id?: unknown; username?: unknown };
  const isMeant = 'username' in person && (person.id === userId || person.user_id === userId);
  return { ...Object.fromEntries(members), ...(isMeant ? { username } : {}) };
}

/** The `idempotency_keys` table. A row is there exactly when the change is that it answers for: one transaction writes both. */
@Injectable()
export class IdempotencyKeysRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Takes the key until the transaction ends. Returns the answer when the request was done already, since `after`.
   * @throws Problem request_running while another transaction holds the key, validation_failed when it was given to
   *   another request
   */
  async claim(tx: Transaction, { userId, key, fingerprint }: KeyedRequest, after: Date): Promise<StoredAnswer | null> {
    // Never waits: requests that pile up on one key would hold all connections.
    const [lock] = await tx.query<{ taken: boolean }>(
      `SELECT pg_try_advisory_xact_lock(hashtextextended('idempotency:' || $1 || ':' || $2, 0)) AS taken`,
      [userId, key],
    );
    if (!lock?.taken) throw new Problem('request_running', { headers: { 'retry-after': '1' } });
    const [row] = await tx.query<StoredAnswer & { fingerprint: string }>(
      `SELECT fingerprint, status, headers, body FROM idempotency_keys
        WHERE user_id = $1 AND key = $2 AND created_at > $3`,
      [userId, key, after],
    );
    if (!row) return null;
    if (row.fingerprint !== fingerprint) throw keyReused();
    return { status: row.status, headers: row.headers, body: row.body };
  }

  /** Keeps the answer under the key that the transaction has claimed; an older answer may still lie there. */
  async store(tx: Transaction, request: KeyedRequest, answer: StoredAnswer, after: Date): Promise<void> {
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
        answer.status,
        JSON.stringify(answer.headers),
        JSON.stringify(answer.body ?? null),
        after,
      ],
    );
    // Answered by somebody who didn't take the lock: what this transaction did must not be done twice.
    if (rows.length === 0) throw new RetryTransaction();
  }

  /** Removes what is older, in small steps; returns how many. Several servers may do it at once. */
  async prune(until: Date): Promise<number> {
    let removed = 0;
    for (;;) {
      const [row] = await this.dataSource.query<{ n: number }[]>(
        `WITH old AS (
           SELECT user_id, key FROM idempotency_keys WHERE created_at <= $1 LIMIT ${CHUNK} FOR UPDATE SKIP LOCKED),
         gone AS (
           DELETE FROM idempotency_keys k USING old WHERE k.user_id = old.user_id AND k.key = old.key RETURNING 1)
         SELECT count(*)::int AS n FROM gone`,
        [until],
      );
      const n = row?.n ?? 0;
      removed += n;
      if (n < CHUNK) return removed;
    }
  }

  /** Takes the answers away that were given to a person. */
  async removeOf(tx: Transaction, userId: string): Promise<void> {
    await tx.query(`DELETE FROM idempotency_keys WHERE user_id = $1`, [userId]);
  }

  /** Calls a person by another name in the answers that were given to others. */
  async rename(tx: Transaction, userId: string, name: string): Promise<void> {
    const rows = await tx.query<{ userId: string; key: string; body: unknown }>(
      `SELECT user_id AS "userId", key, body FROM idempotency_keys WHERE strpos(body::text, $1::text) > 0
        ORDER BY user_id, key FOR UPDATE`,
      [userId],
    );
    if (rows.length === 0) return;
    await tx.query(
      `UPDATE idempotency_keys k SET body = told.body::json
         FROM unnest($1::uuid[], $2::text[], $3::text[]) AS told (user_id, key, body)
        WHERE k.user_id = told.user_id AND k.key = told.key`,
      [
        rows.map((row) => row.userId),
        rows.map((row) => row.key),
        rows.map((row) => JSON.stringify(renamed(row.body, userId, name))),
      ],
    );
  }
}
