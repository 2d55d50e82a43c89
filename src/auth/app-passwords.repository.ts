import { Injectable } from '@nestjs/common';
import { Database } from '../platform/database/database.js';
import type { Transaction } from '../platform/database/transaction.js';
import type { AppPassword } from './app-password.entity.js';

/** An app password as its owner sees it. */
export type ListedAppPassword = Pick<AppPassword, 'id' | 'name' | 'createdAt' | 'lastUsedAt'>;

/** An app password with the parts of its account that every request needs. */
export interface LiveAppPassword {
  id: string;
  lastUsedAt: Date | null;
  userId: string;
  username: string;
  email: string;
  timeZone: string;
}

@Injectable()
export class AppPasswordsRepository {
  constructor(private readonly database: Database) {}

  /**
   * Locks the account, so that whatever ends all app passwords does not miss the next one. Returns how many there are; null
   * if the session that makes it has ended, as it has when an account is erased, disabled or signed out everywhere.
   */
  async lockAccount(tx: Transaction, userId: string, sessionId: string): Promise<number | null> {
    await tx.query(`SELECT FROM users WHERE id = $1 FOR NO KEY UPDATE`, [userId]);
    const [row] = await tx.query<{ count: number }>(
      `SELECT (SELECT count(*)::int FROM app_passwords a WHERE a.user_id = s.user_id) AS count
         FROM sessions s WHERE s.id = $2 AND s.user_id = $1 AND s.ended_at IS NULL`,
      [userId, sessionId],
    );
    return row?.count ?? null;
  }

  insert(tx: Transaction, { id, userId, name, hash, createdAt }: AppPassword): void {
    tx.write(`INSERT INTO app_passwords (id, user_id, name, hash, created_at) VALUES ($1, $2, $3, $4, $5)`, [
      id,
      userId,
      name,
      hash,
      createdAt,
    ]);
  }

  /** Returns the app passwords of a person, the latest first. */
  listByUser(userId: string): Promise<ListedAppPassword[]> {
    return this.database.query<ListedAppPassword>(
      `SELECT id, name, created_at AS "createdAt", last_used_at AS "lastUsedAt"
         FROM app_passwords WHERE user_id = $1 ORDER BY created_at DESC, id DESC`,
      [userId],
    );
  }

  /** Returns the app password with this hash, unless its account was erased or disabled. */
  async findByHash(hash: Buffer): Promise<LiveAppPassword | null> {
    const [row] = await this.database.query<LiveAppPassword>(
      `SELECT a.id, a.last_used_at AS "lastUsedAt", a.user_id AS "userId", u.username, u.email,
              u.time_zone AS "timeZone"
         FROM app_passwords a JOIN users u ON u.id = a.user_id
        WHERE a.hash = $1 AND u.erased_at IS NULL AND u.disabled_at IS NULL`,
      [hash],
    );
    return row ?? null;
  }

  async setUsed(id: string): Promise<void> {
    await this.database.query(`UPDATE app_passwords SET last_used_at = clock_timestamp() WHERE id = $1`, [id]);
  }

  /** Deletes an app password of a person. Returns false if they have no such one. */
  async delete(tx: Transaction, userId: string, id: string): Promise<boolean> {
    const rows = await tx.query(`DELETE FROM app_passwords WHERE user_id = $1 AND id = $2 RETURNING id`, [userId, id]);
    return rows.length > 0;
  }

  async countByUser(tx: Transaction, userId: string): Promise<number> {
    const [row] = await tx.query<{ n: number }>(`SELECT count(*)::int AS n FROM app_passwords WHERE user_id = $1`, [
      userId,
    ]);
    return row!.n;
  }

  deleteByUser(tx: Transaction, userId: string): void {
    tx.write(`DELETE FROM app_passwords WHERE user_id = $1`, [userId]);
  }
}
